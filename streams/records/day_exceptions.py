"""Days on which other hours hold, as people write them: "2026-12-24 to 2026-12-26 never; 2026-12-31 08:00-12:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from streams.records.hours import BadHours, WeeklyHours

EXAMPLE = "2026-12-24 to 2026-12-26 never; 2026-12-31 08:00-12:00"
MOST = 100
_ENTRY = re.compile(r"(\d{4}-\d{2}-\d{2})(?: *(?:to|-) *(\d{4}-\d{2}-\d{2}))? +(\S.*)", re.IGNORECASE)
_ALL_DAY, _NEVER = ("all day", "always"), ("never", "closed")


@dataclass(frozen=True, slots=True)
class DayException:
    """From `first` to `last`, both included, `hours` hold; None: no hours at all."""

    first: date
    last: date
    hours: WeeklyHours | None

    def __str__(self) -> str:
        days = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        if self.hours is None:
            return f"{days} never"
        spans = ", ".join(str(span) for entry in self.hours.entries for span in entry.spans)
        return f"{days} {spans or 'all day'}"


@lru_cache(maxsize=4096)
def read_exceptions(text: str) -> tuple[DayException, ...]:
    """Reads exceptions, one a line or between semicolons. Raises BadHours."""
    entries = [entry.strip() for entry in re.split("[;\n]", text)]
    read = tuple(_entry(entry) for entry in entries if entry)
    if len(read) > MOST:
        raise BadHours(f"At most {MOST} exceptions have room.")
    return read


def _entry(text: str) -> DayException:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise BadHours(f"“{text}” cannot be read. Write a date and what holds on it, such as {EXAMPLE}.")
    first = _date(found[1])
    last = _date(found[2]) if found[2] else first
    if last < first:
        raise BadHours(f"“{text}” ends before it begins.")
    return DayException(first, last, _hours(found[3].strip()))


def _hours(text: str) -> WeeklyHours | None:
    if text.lower() in _NEVER:
        return None
    if text.lower() in _ALL_DAY:
        return WeeklyHours(())
    if text[0].isalpha():
        raise BadHours(f"“{text}” is no time from and to. Write never, all day, or 08:00-12:00.")
    return WeeklyHours.read(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadHours(f"“{text}” is no day of a calendar.") from None
