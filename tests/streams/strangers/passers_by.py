"""Sightings of people whom nobody knows, each of one face, as cameras leave them to the joiner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import keep_encoding
from streams.strangers.joining import join_due
from tests.streams.said import encoding
from tests.streams.seen import NOON, seen


def passer_by(
    camera: Camera, face: int = 0, *, at: datetime = NOON, off: float = 0.0, engine: str = "engine", **fields: Any
) -> Sighting:
    """A sighting of five seconds that is due; `face` is an axis, and `off` how far from it the face was seen."""
    times = {"last_seen_at": at + timedelta(seconds=5), "ended_at": at + timedelta(seconds=5)}
    row = seen(camera, at=at, encodings=4, stranger_due=True)
    Sighting.objects.filter(pk=row.pk).update(**{**times, **fields})
    keep_encoding(sighting=row, encoding=encoding(face, 100 + face, off, engine))
    row.refresh_from_db()
    return row


def joined(*sightings: Sighting) -> list[Any]:
    """Joins all that is due; returns the stranger of each of these sightings."""
    while join_due():
        pass
    for row in sightings:
        row.refresh_from_db()
    return [row.stranger for row in sightings]
