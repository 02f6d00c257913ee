"""What another match distance would have made of the last month: sightings that were named and would not have been,
and the other way round. Of the sightings that another app keeps; nothing without it."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from django.db.models import Count, Q
from django.utils import timezone

from people.recognition.types import Verdict
from people.records.sightings import all_sightings

DAYS = 30


class Hindsight(TypedDict):
    """Of cameras that decide by the site's distance."""

    days: int
    sightings: int
    """With a distance to somebody."""
    unnamed: int
    """Named then, and not with the other distance."""
    named: int
    """Not named then, and near enough with the other: votes and margins aside, so at most so many."""


def hindsight(match: float) -> Hindsight | None:
    """One query; None where no sightings are kept."""
    sightings = all_sightings()
    if sightings is None:
        return None
    since = timezone.now() - timedelta(days=DAYS)
    recent = sightings.filter(first_seen_at__gte=since, distance__isnull=False, camera__match_threshold=None)
    found = recent.aggregate(
        sightings=Count("pk"),
        unnamed=Count("pk", filter=Q(verdict=Verdict.MATCH, distance__gt=match)),
        named=Count("pk", filter=~Q(verdict=Verdict.MATCH) & Q(distance__lte=match)),
    )
    return Hindsight(days=DAYS, sightings=found["sightings"], unnamed=found["unnamed"], named=found["named"])
