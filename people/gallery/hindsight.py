"""Tells what another match distance would have made of the last month's sightings: names lost and names given.

Another app keeps the sightings; without it there is nothing to tell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from django.db.models import Count, Q
from django.utils import timezone

from people.gallery.engine_choice import EngineChoice
from people.recognition.types import Verdict
from people.records.sightings import all_sightings

DAYS = 30


class Hindsight(TypedDict):
    """Counts of sightings, on cameras that decide by the site's distance."""

    days: int
    sightings: int
    """Sightings with a distance to somebody."""
    unnamed: int
    """Named then, but not with the other distance."""
    named: int
    """Not named then, but near enough with the other distance; at most so many, because votes and margins are
    ignored."""


def hindsight(match: float) -> Hindsight | None:
    """Counts the sightings with two queries; returns None if no sightings are kept.

    Those from before the engine was changed do not count: their distances are another engine's.
    """
    sightings = all_sightings()
    if sightings is None:
        return None
    since = max(timezone.now() - timedelta(days=DAYS), _changed_at())
    recent = sightings.filter(first_seen_at__gte=since, distance__isnull=False, camera__match_threshold=None)
    found = recent.aggregate(
        sightings=Count("pk"),
        unnamed=Count("pk", filter=Q(verdict=Verdict.MATCH, distance__gt=match)),
        named=Count("pk", filter=~Q(verdict=Verdict.MATCH) & Q(distance__lte=match)),
    )
    return Hindsight(days=DAYS, sightings=found["sightings"], unnamed=found["unnamed"], named=found["named"])


def _changed_at() -> datetime:
    """Returns when another engine was last put into use; long ago if that never happened."""
    return EngineChoice.objects.changed_at() or datetime.min.replace(tzinfo=UTC)
