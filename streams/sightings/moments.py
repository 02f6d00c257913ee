"""When somebody was seen, as people ask for it: today, this week, after 18:00, on Tuesdays; in the site's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db.models import DateTimeField, F, FloatField, Func, IntegerField, Q, TextChoices, Value
from django.db.models.lookups import In, LessThan
from django.utils import timezone

from people.base.site_time import local

Span = tuple[datetime, datetime]
"""From the first moment up to the second."""
MINUTES_A_DAY = 24 * 60


class Preset(TextChoices):
    """Times that are asked for most often."""

    LAST_HOUR = "last_hour", "Last hour"
    TODAY = "today", "Today"
    YESTERDAY = "yesterday", "Yesterday"
    THIS_WEEK = "this_week", "This week"

    def span(self, now: datetime) -> Span:
        """Returns the time that the preset means at `now`. A week begins on Monday."""
        today = local(now).date()
        match self:
            case Preset.LAST_HOUR:
                return now - timedelta(hours=1), now
            case Preset.TODAY:
                return day_span(today)
            case Preset.YESTERDAY:
                return day_span(today - timedelta(days=1))
        monday = today - timedelta(days=today.weekday())
        return midnight(monday), midnight(monday + timedelta(days=7))


class Weekday(TextChoices):
    MON = "mon", "Mon"
    TUE = "tue", "Tue"
    WED = "wed", "Wed"
    THU = "thu", "Thu"
    FRI = "fri", "Fri"
    SAT = "sat", "Sat"
    SUN = "sun", "Sun"


def midnight(day: date) -> datetime:
    """Returns when `day` begins on the site."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone()).astimezone(UTC)


def day_span(day: date) -> Span:
    """Returns the day, which has 23 to 25 hours when clocks change."""
    return midnight(day), midnight(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class HoursOfDays:
    """Some hours of some days of the week, such as 22:00 to 02:00 on Fridays, which is Friday night.

    Hours belong to the day on which they begin. They are what a clock on the wall says: an hour that comes twice counts
    twice.
    """

    begin: int
    """Minutes after midnight, 0 to 1439."""
    length: int
    """Minutes, 1 to 1440."""
    days: frozenset[int]
    """Days of the week, Monday is 0; empty: all."""

    @classmethod
    def of(cls, begin: time | None, end: time | None, days: frozenset[int]) -> HoursOfDays:
        """`begin` None: midnight. `end` None, or the same as `begin`: to the end of the day, or a day later."""
        first = _minutes(begin)
        last = _minutes(end) or MINUTES_A_DAY
        return cls(first, last - first if last > first else last - first + MINUTES_A_DAY, days)

    @property
    def is_always(self) -> bool:
        return self.length == MINUTES_A_DAY and not self.days and not self.begin

    def contain(self, column: str) -> Q:
        """Returns the condition that the moment in `column` lies in them."""
        zone = Value(timezone.get_default_timezone_name())
        wall = Func(zone, F(column), function="timezone", output_field=DateTimeField())
        # As if the hours began at midnight: what is then the first `length` minutes of a day lies in them.
        moved = Func(wall, Value(f"{self.begin} minutes"), template="(%(expressions)s::interval)", arg_joiner=" - ",
                     output_field=DateTimeField())  # fmt: skip
        minute = Func(moved, template="(EXTRACT(EPOCH FROM (%(expressions)s)::time) / 60)", output_field=FloatField())
        weekday = Func(moved, template="EXTRACT(ISODOW FROM %(expressions)s)", output_field=IntegerField())
        condition = Q(LessThan(minute, float(self.length))) if self.length < MINUTES_A_DAY else Q()
        return condition & Q(In(weekday, [day + 1 for day in sorted(self.days)])) if self.days else condition

    def spans(self, first: datetime, last: datetime) -> list[Span]:
        """Returns spans between two moments that have all of these hours, newest first, at most one a day.

        Where clocks change they may have more: `contain` is exact.
        """
        zone = timezone.get_default_timezone()
        begun = local(first).date() - timedelta(days=2)
        days = (local(last).date() - begun).days + 1
        wanted = (day for day in (begun + timedelta(days=n) for n in range(days, -1, -1)) if self._is_on(day))
        return [span for span in self._joined(wanted, zone) if span[1] > first and span[0] <= last]

    def _is_on(self, day: date) -> bool:
        return not self.days or day.weekday() in self.days

    def _joined(self, days: Iterator[date], zone: tzinfo) -> Iterator[Span]:
        """Yields the spans of days, newest first. One that overlaps its successor ends where that begins."""
        limit: datetime | None = None
        for day in days:
            wall = datetime.combine(day, time.min) + timedelta(minutes=self.begin)
            start = min(moments_of(wall, zone))
            end = max(moments_of(wall + timedelta(minutes=self.length), zone))
            yield start, min(end, limit) if limit else end
            limit = start


def _minutes(clock: time | None) -> int:
    return clock.hour * 60 + clock.minute if clock else 0


def moments_of(wall: datetime, zone: tzinfo) -> list[datetime]:
    """Returns both moments at which a clock on the wall may say `wall`: it says some times twice, and skips others."""
    return [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
