"""On which of the last days a person was seen, and by which cameras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from people.base.site_time import local
from streams.records.sighting import SightingQuerySet
from streams.records.states import StoredVerdict
from streams.sightings.moments import midnight

DAYS = 28
"""Four weeks, so that a day of the week stands in one column."""
MANY = (1, 3, 6, 12)
"""Sightings of a day from which on its mark on the line grows."""


@dataclass(frozen=True, slots=True)
class SeenDay:
    """A day of the site, and how often the person was seen for certain."""

    day: date
    sightings: int

    @property
    def level(self) -> int:
        """0 for none, to 4 for many."""
        return sum(self.sightings >= least for least in MANY)


@dataclass(frozen=True, slots=True)
class SeenWhere:
    """A camera, by its name and slug, and how often it saw the person for certain."""

    name: str
    slug: str
    sightings: int


@dataclass(frozen=True, slots=True)
class LastDays:
    """The last DAYS days of one person."""

    days: tuple[SeenDay, ...]
    """Oldest first; today is the last."""
    cameras: tuple[SeenWhere, ...]
    """Those that saw the person for certain, most often first."""
    likely: int
    """Sightings that may be of this person, at which somebody should look."""

    @property
    def sightings(self) -> int:
        return sum(day.sightings for day in self.days)

    @classmethod
    def of(cls, sightings: SightingQuerySet, now: datetime) -> LastDays:
        """Counts `sightings`, which are of one person, by when they began. One query."""
        today = local(now).date()
        first = today - timedelta(days=DAYS - 1)
        begin = midnight(first)
        # Those that lasted until then or later are found by the index of a person's sightings, which has their ends.
        recent = sightings.filter(last_seen_at__gte=begin, first_seen_at__gte=begin).order_by()
        day = TruncDate("first_seen_at", tzinfo=timezone.get_default_timezone())
        named = recent.values_list("verdict", day, "camera__name", "camera__slug")
        return cls._counted(list(named.annotate(number=Count("pk"))), [first + timedelta(days=n) for n in range(DAYS)])

    @classmethod
    def _counted(cls, rows: Iterable[tuple[str, date, str, str, int]], days: list[date]) -> LastDays:
        by_day: Counter[date] = Counter()
        by_camera: Counter[tuple[str, str]] = Counter()
        likely = 0
        for verdict, day, name, slug, number in rows:
            if verdict != StoredVerdict.MATCH:
                likely += number
                continue
            by_day[day] += number
            by_camera[name, slug] += number
        cameras = tuple(SeenWhere(*camera, number) for camera, number in by_camera.most_common())
        return cls(tuple(SeenDay(day, by_day[day]) for day in days), cameras, likely)
