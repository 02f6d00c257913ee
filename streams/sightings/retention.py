"""Forgetting what is older than it may be kept: sightings with their detections and snapshots, encodings, searches."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.records.stored_objects import remove, without_row
from streams.records.detection import Detection
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding

# 500: a short transaction, and no more objects than are deleted in a minute when the storage is far.
BATCH = 500
# 5,000: rows alone, 3 MB of them.
ENCODINGS_BATCH = 5_000
SEARCHES_BATCH = 5_000
SNAPSHOTS = "snapshots"
"""Folder of the snapshots among the stored objects."""


def forget_sightings(*, seen_before: datetime) -> tuple[int, int]:
    """Delete sightings that ended, or were last seen, before `seen_before`; returns how many, and how many snapshots.

    In batches of their own transactions, so that it may be interrupted and run again, beside recording workers.
    A snapshot is deleted after its row: one that could not be is left to `sweep_orphans`.
    """
    sightings = snapshots = 0
    while batch := _forget_batch(seen_before):
        number, names = batch
        remove(names)
        sightings, snapshots = sightings + number, snapshots + len(names)
    return sightings, snapshots


def forget_encodings(*, seen_before: datetime) -> int:
    """Delete what sightings last seen before `seen_before` are searched by; the sightings stay. Returns how many.

    In batches, as forget_sightings.
    """
    forgotten = 0
    while batch := _forget_encodings_batch(seen_before):
        forgotten += batch
    return forgotten


def forget_searches(*, made_before: datetime) -> int:
    """Delete the record of who searched for whom before `made_before`; returns how many. In batches, too."""
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
    """Number of sightings deleted and names of their snapshots; None when there are none left."""
    with transaction.atomic():
        # Skipped when locked: a worker that is just writing to a sighting makes it younger.
        old = Sighting.objects.filter(last_seen_at__lt=seen_before).order_by("last_seen_at")
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return None
        evidence = Detection.objects.filter(sighting_id__in=ids)
        names = list(evidence.exclude(snapshot="").values_list("snapshot", flat=True))
        Sighting.objects.filter(pk__in=ids).delete()
    return len(ids), names


def sweep_orphans() -> int:
    """Delete snapshots whose detection is gone (killed processes, cascades); return how many."""
    orphans = list(without_row(SNAPSHOTS, Detection.objects.exclude(snapshot="").values_list("snapshot", flat=True)))
    remove(orphans)
    return len(orphans)
