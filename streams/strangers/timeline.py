"""A stranger's line of time: on which of the last days they were seen, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from streams.records.sighting import SightingQuerySet

DAYS = 60
WIDTH, HEIGHT = 600, 48
"""Of the drawing, in its own units."""


@dataclass(frozen=True, slots=True)
class DayBar:
    day: date
    times: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The last DAYS days in the site's zone, oldest first; bars for those with sightings."""

    since: date
    until: date
    bars: tuple[DayBar, ...]
    width: int = WIDTH
    height: int = HEIGHT
    bar_width: float = WIDTH / DAYS - 2

    @property
    def said(self) -> str:
        """The drawing in words."""
        days = f"{len(self.bars)} of {DAYS} days" if len(self.bars) != 1 else f"one of {DAYS} days"
        return f"Seen on {days}."


def timeline_of(sightings: SightingQuerySet) -> Timeline:
    """Counts `sightings` by the day on which they began; one query over the last DAYS days."""
    until = timezone.localdate()
    since = until - timedelta(days=DAYS - 1)
    rows = sightings.filter(first_seen_at__date__gte=since).order_by().annotate(day=TruncDate("first_seen_at"))
    counts = dict(rows.values("day").annotate(times=Count("pk")).values_list("day", "times"))
    most = max(counts.values(), default=1)
    return Timeline(since, until, tuple(_bar(day, counts[day], most, since) for day in sorted(counts) if day <= until))


def _bar(day: date, times: int, most: int, since: date) -> DayBar:
    height = max(6.0, HEIGHT * times / most)
    return DayBar(day, times, (day - since).days * WIDTH / DAYS, HEIGHT - height, height)
