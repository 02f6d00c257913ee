"""Deletes data older than it may be kept: sightings with detections and their pictures, encodings, and searches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from people.records.stored_objects import remove, without_row
from streams.records.detection import STORED, Detection
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding

# 500: a short transaction, and few enough objects to delete in a minute from a distant storage.
BATCH = 500
# 5,000: these have no stored objects, only rows, 3 MB in all.
ENCODINGS_BATCH = 5_000
SEARCHES_BATCH = 5_000
FOLDERS = {"snapshot": "snapshots", "frame": "sighting-frames", "clip": "sighting-clips"}
"""The folders of what is stored of detections, by field."""


def forget_sightings(*, seen_before: datetime) -> tuple[int, int]:
    """Deletes sightings last seen before `seen_before`; returns how many, and how many pictures and clips.

    Each batch is its own transaction, so the run may be interrupted and repeated, and may run while workers record.
    It deletes a picture after its row, and leaves one that it cannot delete to `sweep_orphans`.
    """
    sightings = pictures = 0
    while batch := _forget_batch(seen_before):
        number, names = batch
        remove(names)
        sightings, pictures = sightings + number, pictures + len(names)
    return sightings, pictures


def forget_encodings(*, seen_before: datetime) -> int:
    """Deletes the encodings of sightings last seen before `seen_before`; returns how many. The sightings stay.

    It works in batches like forget_sightings.
    """
    forgotten = 0
    while batch := _forget_encodings_batch(seen_before):
        forgotten += batch
    return forgotten


def forget_searches(*, made_before: datetime) -> int:
    """Deletes log entries of searches made before `made_before`, in batches; returns how many."""
    forgotten = 0
    old = SearchLog.objects.filter(at__lt=made_before).order_by("at", "pk")
    while batch := list(old.values_list("pk", flat=True)[:SEARCHES_BATCH]):
        SearchLog.objects.filter(pk__in=batch).delete()
        forgotten += len(batch)
    return forgotten


def _forget_encodings_batch(seen_before: datetime) -> int:
    with transaction.atomic():
        old = SightingEncoding.objects.seen_before(seen_before).select_for_update(skip_locked=True, of=("self",))
        ids = list(old.values_list("pk", flat=True)[:ENCODINGS_BATCH])
        SightingEncoding.objects.filter(pk__in=ids).delete()
    return len(ids)


def _forget_batch(seen_before: datetime) -> tuple[int, list[str]] | None:
    """Deletes one batch; returns the number of sightings and the names of their pictures, or None if none are left."""
    with transaction.atomic():
        # Locked rows are skipped: a worker that is writing to a sighting makes it newer.
        old = Sighting.objects.filter(last_seen_at__lt=seen_before).order_by("last_seen_at")
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return None
        evidence = Detection.objects.filter(sighting_id__in=ids)
        names = list(evidence.stored_names())
        Sighting.objects.filter(pk__in=ids).delete()
    return len(ids), names


def sweep_orphans() -> int:
    """Deletes pictures and clips that no detection names (left by killed processes or cascades); returns how many."""
    orphans = [name for field in STORED for name in without_row(FOLDERS[field], _names_in_rows(field))]
    remove(orphans)
    return len(orphans)


def _names_in_rows(field: str) -> Iterator[str]:
    rows = Detection.objects.exclude(**{field: ""}).order_by()
    yield from rows.values_list(field, flat=True).iterator()
