"""Deletes what is older than it may be kept: sightings with all that hangs on them, pictures, encodings, and searches.

Each batch is its own transaction, so a run may be killed and repeated, and may run while workers record. A stored
object goes after its row; one that cannot be deleted is left to `sweep_orphans`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from people.records.stored_objects import remove, without_row
from streams.records.detection import STORED, Detection, DetectionQuerySet
from streams.records.last_seen import note_last_seen
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.sighting_encoding import SightingEncoding, SightingEncodingQuerySet

# 500: a short transaction, and few enough objects to delete in a minute from a distant storage.
BATCH = 500
# 200,000 ids are some 20 MB.
MOST_FOUND = 200_000
# 5,000: these have no stored objects, only rows, 3 MB in all.
ENCODINGS_BATCH = 5_000
SEARCHES_BATCH = 5_000
FOLDERS = {"snapshot": "snapshots", "frame": "sighting-frames", "clip": "sighting-clips"}
"""The folders of what is stored of detections, by field."""


def forget_sightings(due: SightingQuerySet) -> int:
    """Deletes the sightings `due`, oldest first, with their detections, encodings and pictures; returns how many.

    When their people were last seen stays (streams/records/last_seen.py).
    """
    sightings = 0
    while batch := _forget_batch(due):
        number, names = batch
        remove(names)
        sightings += number
    return sightings


def forget_stored(due: DetectionQuerySet, fields: Sequence[str]) -> int:
    """Deletes what is stored in `fields` of the detections `due`, which stay; returns how many objects.

    It goes on from where the last batch ended: what is older and not due is passed once, and not with each batch.
    """
    forgotten, since = 0, None
    while batch := _stored_batch(due.filter(captured_at__gte=since) if since else due, fields):
        since, names = batch
        remove(names)
        forgotten += len(names)
    return forgotten


def forget_encodings(due: SightingEncodingQuerySet) -> int:
    """Deletes the encodings `due`; returns how many. The sightings stay.

    Their age stands with their sightings, so one pass over them finds MOST_FOUND, which are then deleted in batches.
    """
    forgotten = 0
    while ids := list(due.order_by().values_list("pk", flat=True)[:MOST_FOUND]):
        starts = range(0, len(ids), ENCODINGS_BATCH)
        number = sum(_forget_encodings_batch(ids[start : start + ENCODINGS_BATCH]) for start in starts)
        forgotten += number
        if number < len(ids):  # the others are locked: the next run takes them
            break
    return forgotten


def forget_searches(*, made_before: datetime) -> int:
    """Deletes log entries of searches made before `made_before`, in batches; returns how many."""
    forgotten = 0
    old = SearchLog.objects.filter(at__lt=made_before).order_by("at", "pk")
    while batch := list(old.values_list("pk", flat=True)[:SEARCHES_BATCH]):
        SearchLog.objects.filter(pk__in=batch).delete()
        forgotten += len(batch)
    return forgotten


def _forget_encodings_batch(ids: Sequence[UUID]) -> int:
    with transaction.atomic():
        rows = SightingEncoding.objects.filter(pk__in=ids).select_for_update(skip_locked=True)
        held = list(rows.values_list("pk", flat=True))
        return SightingEncoding.objects.filter(pk__in=held).delete()[0]


def _forget_batch(due: SightingQuerySet) -> tuple[int, list[str]] | None:
    """Deletes one batch; returns the number of sightings and the names of their pictures, or None if none are left."""
    with transaction.atomic():
        # Locked rows are skipped: a worker that is writing to a sighting makes it newer.
        old = due.order_by("last_seen_at").select_for_update(skip_locked=True)
        ids = list(old.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return None
        names = list(Detection.objects.filter(sighting_id__in=ids).stored_names())
        note_last_seen(ids)
        Sighting.objects.filter(pk__in=ids).delete()
    return len(ids), names


def _stored_batch(due: DetectionQuerySet, fields: Sequence[str]) -> tuple[datetime, list[str]] | None:
    """Blanks `fields` of one batch; returns the time of the last row and the names, or None if none are left."""
    with transaction.atomic():
        old = due.order_by("captured_at").select_for_update(skip_locked=True, of=("self",))
        rows = list(old.values_list("pk", "captured_at", *fields)[:BATCH])
        if not rows:
            return None
        Detection.objects.filter(pk__in=[row[0] for row in rows]).update(**dict.fromkeys(fields, ""))
    return rows[-1][1], [name for row in rows for name in row[2:] if name]


def sweep_orphans() -> int:
    """Deletes pictures and clips that no detection names (left by killed processes or cascades); returns how many."""
    orphans = [name for field in STORED for name in without_row(FOLDERS[field], _names_in_rows(field))]
    remove(orphans)
    return len(orphans)


def _names_in_rows(field: str) -> Iterator[str]:
    rows = Detection.objects.exclude(**{field: ""}).order_by()
    yield from rows.values_list(field, flat=True).iterator()
