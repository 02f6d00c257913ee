"""Computes who was seen on which day: first and last time, number of sightings, time in sight, and cameras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from streams.records.camera import Camera
from streams.records.sighting import SightingQuerySet
from streams.records.states import StoredVerdict

LONGEST_DAYS = 366

# The query cuts each sighting at midnight in the site's time zone: days have 23 to 25 hours there when clocks change.
# It joins overlapping times before adding them, so that two cameras that see somebody at once count once.
_PARTS = """
WITH sighting (person_id, camera_id, first_seen_at, last_seen_at) AS ({sightings}),
part AS (
    SELECT sighting.person_id, sighting.camera_id, local.day::date AS day,
        greatest(sighting.first_seen_at, local.day AT TIME ZONE %(zone)s) AS since,
        least(sighting.last_seen_at, (local.day + interval '1 day') AT TIME ZONE %(zone)s) AS until
    FROM sighting CROSS JOIN LATERAL generate_series(
        date_trunc('day', greatest(sighting.first_seen_at, %(begin)s) AT TIME ZONE %(zone)s),
        least(greatest(sighting.first_seen_at, sighting.last_seen_at - interval '1 microsecond'),
            %(end)s - interval '1 microsecond') AT TIME ZONE %(zone)s,
        interval '1 day') AS local (day)
)
"""
# The query selects the page before it joins times: joining is expensive, and a page shows a small part of a year.
_DAYS = """
, page AS (
    SELECT part.day, part.person_id, person.name
    FROM (SELECT DISTINCT day, person_id FROM part) part JOIN people_person person ON person.id = part.person_id
    ORDER BY part.day DESC, person.name, part.person_id
    LIMIT %(limit)s OFFSET %(offset)s
), joined AS (
    SELECT page.day, page.person_id, page.name, min(part.since) AS first_seen_at, max(part.until) AS last_seen_at,
        count(*) AS sightings, range_agg(tstzrange(part.since, part.until)) AS spans,
        array_agg(DISTINCT part.camera_id) AS cameras
    FROM page JOIN part USING (day, person_id)
    GROUP BY page.day, page.person_id, page.name
)
SELECT day, person_id, name, first_seen_at, last_seen_at, sightings,
    (SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span))), 0) FROM unnest(spans) span), cameras
FROM joined ORDER BY day DESC, name, person_id
"""
_NUMBERS = "SELECT day, count(*) FROM (SELECT DISTINCT day, person_id FROM part) days GROUP BY day ORDER BY day DESC"


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One person on one day of the site's time zone."""

    day: date
    person_id: UUID
    name: str
    first_seen_at: datetime
    last_seen_at: datetime
    sightings: int
    """Number of sightings that overlap the day."""
    seconds: float
    """Seconds in sight of at least one camera."""
    cameras: list[Camera]

    @property
    def ends_at_midnight(self) -> bool:
        """Whether the person was still in sight when the day ended."""
        return self.last_seen_at == _midnight(self.day + timedelta(days=1))


class Attendance:
    """A report on the matches among `sightings`: rows by day, newest first, and then by name.

    It can be sliced and counted like a queryset.
    """

    def __init__(self, sightings: SightingQuerySet, first: date, last: date) -> None:
        """`first` and `last` are days in the site's time zone, both included."""
        self._sightings, self._first, self._last = sightings, first, last
        self._numbers: list[tuple[date, int]] | None = None

    def count(self) -> int:
        return sum(people for _, people in self._people_by_day())

    def __getitem__(self, part: slice) -> list[PersonDay]:
        """Returns the rows from `part.start` to `part.stop`, in two queries, and one more if not counted before.

        It reads only the sightings of the days in these rows again: a page shows a day or two of a month.
        """
        days: list[date] = []
        start, before, skipped = part.start or 0, 0, 0
        for day, people in self._people_by_day():
            if before < part.stop and start < before + people:
                skipped = skipped if days else before
                days.append(day)
            before += people
        if not days:
            return []
        page = {"offset": start - skipped, "limit": max(0, part.stop - start)}
        rows = self._fetch(_DAYS, days[-1], days[0], page)
        cameras = Camera.objects.in_bulk({camera for row in rows for camera in row[7]})
        return [_person_day(row, cameras) for row in rows]

    def _people_by_day(self) -> list[tuple[date, int]]:
        """Returns the number of rows of each day that has any, newest first. It runs the query once."""
        if self._numbers is None:
            self._numbers = self._fetch(_NUMBERS, self._first, self._last, {})
        return self._numbers

    def _fetch(self, select: str, first: date, last: date, numbers: Mapping[str, int]) -> list[Any]:
        begin, end = _midnight(first), _midnight(last + timedelta(days=1))
        named = self._sightings.filter(verdict=StoredVerdict.MATCH, last_seen_at__gte=begin, first_seen_at__lt=end)
        wanted = named.order_by().values_list("person_id", "camera_id", "first_seen_at", "last_seen_at")
        try:
            sightings, values = wanted.query.sql_with_params()
        except EmptyResultSet:
            return []
        names: dict[str, Any] = {f"sighting_{number}": value for number, value in enumerate(values)}
        sql = _PARTS.format(sightings=sightings % tuple(f"%({name})s" for name in names)) + select
        zone: dict[str, Any] = {"zone": timezone.get_default_timezone_name(), "begin": begin, "end": end}
        with connection.cursor() as cursor:
            cursor.execute(sql, {**names, **zone, **numbers})
            rows: list[Any] = cursor.fetchall()
        return rows


def _person_day(row: Any, cameras: Mapping[int, Camera]) -> PersonDay:
    day, person, name, first, last, sightings, seconds, by = row
    seen_by = [cameras[camera] for camera in by if camera in cameras]
    return PersonDay(day, person, name, first, last, sightings, float(seconds), seen_by)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
