"""Tells open pages, and running cameras, what an edit has changed."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import partial
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from people.base.doorbells import ring_said
from streams.records.left_gallery import unname_who_left
from streams.records.sighting import Sighting
from streams.wire.announcing import announce_sighting_gone, announce_sightings
from streams.wire.builders import sighting_event, sighting_record
from streams.wire.shapes import SightingEvent

logger = logging.getLogger(__name__)

# 150: more than the hundred newest sightings that a page shows.
MOST_TOLD = 150


def tell_viewers(sightings: Collection[UUID]) -> None:
    """Sends the newest MOST_TOLD of `sightings`, as they stand after this transaction's commit, to whoever watches.

    If one is still open, the worker of its camera is told, so that the picture has the new name, too.
    """
    transaction.on_commit(partial(_tell, list(sightings)), robust=True)


def tell_gone(sighting: Sighting) -> None:
    """Takes a sighting off the pages of whoever watches, and its name off the picture, after this commit."""
    transaction.on_commit(partial(_tell_gone, sighting.camera_id, sighting.pk), robust=True)


def _tell_gone(camera_id: int, sighting: UUID) -> None:
    async_to_sync(announce_sighting_gone)(camera_id, str(sighting))
    ring_said()


def _tell(sightings: Collection[UUID]) -> None:
    try:
        newest = Sighting.objects.filter(pk__in=sightings).order_by("-first_seen_at").with_snapshot()[:MOST_TOLD]
        rows = list(newest)
        unname_who_left(rows)
        async_to_sync(announce_sightings)([(row.camera_id, _event(row)) for row in rows])
        if any(row.ended_at is None for row in rows):
            ring_said()
    except Exception:  # the edit is committed: whoever watches sees it with the next greeting
        logger.warning("viewers were not told of %d edited sightings", len(sightings), exc_info=True)


def _event(row: Sighting) -> SightingEvent:
    record = sighting_record(row, row.snapshot_id)  # type: ignore[attr-defined]
    return sighting_event("corrected", record, row.last_seen_at)
