"""When a rule holds: weekly hours, or the time outside of them, and other hours on some days. Pure: no Django.

All times are those of the clock on the wall, as streams/records/hours.py says: so they stay right over a change of
daylight saving.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from streams.records.day_exceptions import DayException, read_exceptions
from streams.records.hours import WeeklyHours

ALWAYS = WeeklyHours(())


@dataclass(frozen=True, slots=True)
class Schedule:
    week: WeeklyHours = ALWAYS
    exceptions: tuple[DayException, ...] = ()
    """The first that fits a day holds on it."""
    outside: bool = False
    """Whether it holds outside of these hours instead."""

    @classmethod
    def read(cls, hours: str, exceptions: str = "", *, outside: bool = False) -> Schedule:
        """Raises BadHours."""
        return cls(WeeklyHours.read(hours), read_exceptions(exceptions), outside)

    def covers(self, local: datetime) -> bool:
        """Returns whether it holds at a moment, given in local time."""
        if not (self.week.entries or self.exceptions):
            return True
        return self._is_within(local) != self.outside

    def windows_ending(self, after: datetime, until: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        """Yields (begin, end) of the hours that end after `after` and up to `until`; neither `outside` nor always."""
        day = after.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=1)
        while day <= until.astimezone(zone).replace(tzinfo=None):
            for begin, end in self._spans(day):
                window = _moment(day + timedelta(minutes=begin), zone), _moment(day + timedelta(minutes=end), zone)
                if after < window[1] <= until:
                    yield window
            day += timedelta(days=1)

    def _is_within(self, local: datetime) -> bool:
        today = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        minute = local.hour * 60 + local.minute
        days = ((today, minute), (today - timedelta(days=1), minute + 24 * 60))
        return any(begin <= at < end for day, at in days for begin, end in self._spans(day))

    def _spans(self, day: datetime) -> list[tuple[int, int]]:
        """Returns the spans that begin on `day`, in minutes."""
        for exception in self.exceptions:
            if exception.first <= day.date() <= exception.last:
                return [] if exception.hours is None else _spans_of(exception.hours, day)
        return _spans_of(self.week, day)


def _spans_of(week: WeeklyHours, day: datetime) -> list[tuple[int, int]]:
    if not week.entries:
        return [(0, 24 * 60)]
    return [(span.start, span.end) for entry in week.entries if day.weekday() in entry.days for span in entry.spans]


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """Returns when the clock on the wall says `wall`; of an hour that comes twice, the first."""
    return wall.replace(tzinfo=zone)
