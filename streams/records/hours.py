"""Weekly hours, written as people write them: "Mon-Fri 07:00-19:00; Sat 22:00-02:00".

They are wall-clock hours of one time zone. So they stay right when clocks are put forward or back: what the clock on
the wall says counts, an hour that comes twice counts twice, and one that is left out is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WHOLE_DAY = 24 * 60
EXAMPLE = "Mon-Fri 07:00-19:00; Sat 22:00-02:00"
_ENTRY = re.compile(r"(?P<days>[a-z ,-]*?) *(?P<spans>\d[\d:, -]*)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2}) *- *(\d{1,2}):(\d{2})")


class BadHours(ValueError):
    """The text says no hours; its `str()` may be shown."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`, in minutes of a day; the end of one that goes over midnight is beyond 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end if self.end <= WHOLE_DAY else self.end - WHOLE_DAY)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans that begin on some days of the week; Monday is 0."""

    days: tuple[int, ...]
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return f"{', '.join(_runs(self.days))} {', '.join(map(str, self.spans))}"


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    entries: tuple[Hours, ...]
    """Empty: always."""

    @classmethod
    @lru_cache(maxsize=4096)
    def read(cls, text: str) -> WeeklyHours:
        """Reads hours, one entry a line or between semicolons. Raises BadHours."""
        plain = re.sub("[‐-―−]", "-", text)  # every kind of dash
        entries = [entry.strip() for entry in re.split("[;\n]", plain)]
        return cls(tuple(_entry(entry) for entry in entries if entry))

    def __str__(self) -> str:
        return "; ".join(map(str, self.entries))

    def covers(self, local: datetime) -> bool:
        """Returns whether the moment, in local time, is within the hours."""
        minute, today = local.hour * 60 + local.minute, local.weekday()
        return not self.entries or any(
            span.start <= at < span.end
            for day, at in ((today, minute), ((today - 1) % 7, minute + WHOLE_DAY))
            for span in self._spans(day)
        )

    def next_start(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Returns when the next hours begin after `now`, in local time; None if they never do."""
        today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        starts = (
            _moment(day + timedelta(minutes=span.start), zone)
            for day in (today + timedelta(days=number) for number in range(9))
            for span in self._spans(day.weekday())
        )
        return min((start for start in starts if start > now), default=None)

    def _spans(self, day: int) -> Iterator[Span]:
        return (span for entry in self.entries if day in entry.days for span in entry.spans)


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """Returns when the clock on the wall first says `wall` or, where that hour is left out, later than it."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    moment = min(early, late)
    while moment < max(early, late) and moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment.astimezone(zone)


def _entry(text: str) -> Hours:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise BadHours(f"“{text}” cannot be read. Write days and times, such as {EXAMPLE}.")
    return Hours(_days(found["days"].strip(" ,")), tuple(_span(part) for part in _parts(found["spans"])))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _days(text: str) -> tuple[int, ...]:
    if text.lower() in ("", "daily", "every day"):
        return tuple(range(7))
    days: set[int] = set()
    for part in _parts(text):
        first, dash, last = (word.strip() for word in part.partition("-"))
        begin = _day(first)
        length = (_day(last) - begin) % 7 if dash else 0
        days |= {(begin + number) % 7 for number in range(length + 1)}
    return tuple(sorted(days))


def _day(word: str) -> int:
    short = word[:3].title()
    if short not in DAYS:
        raise BadHours(f"“{word}” is no day of the week. Write them as {', '.join(DAYS)}.")
    return DAYS.index(short)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadHours(f"“{text}” is no time from and to. Write it as 07:00-19:00.")
    first_hour, first, last_hour, last = map(int, found.groups())
    start, end = first_hour * 60 + first, last_hour * 60 + last
    if max(first, last) > 59 or start >= WHOLE_DAY or end > WHOLE_DAY:
        raise BadHours(f"“{text}” is no time of day: they go from 00:00 to 24:00.")
    if start == end:
        raise BadHours(f"“{text}” begins when it ends. For the whole day write 00:00-24:00.")
    return Span(start, end if end > start else end + WHOLE_DAY)


def _runs(days: tuple[int, ...]) -> Iterator[str]:
    """Yields the days in words: Mon-Fri for three or more in a row, and the others one by one."""
    begin = 0
    for place in range(1, len(days) + 1):
        if place < len(days) and days[place] == days[place - 1] + 1:
            continue
        run = [DAYS[day] for day in days[begin:place]]
        yield from run if len(run) < 3 else [f"{run[0]}-{run[-1]}"]
        begin = place


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
