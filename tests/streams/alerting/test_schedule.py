"""When a rule holds: in the site's time, over changes of daylight saving, and with exceptions by date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from streams.alerting.schedule import Schedule

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = "Mon-Fri 08:00-18:00"


def at(text: str) -> datetime:
    """A moment as the clock on the wall says it in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hours", "exceptions", "outside", "moment", "holds"),
    [
        ("", "", False, "2026-11-23 03:00", True),
        (OFFICE, "", False, "2026-11-23 08:00", True),
        (OFFICE, "", False, "2026-11-23 18:00", False),
        (OFFICE, "", True, "2026-11-23 18:00", True),
        (OFFICE, "", True, "2026-11-23 12:00", False),
        (OFFICE, "2026-11-23 never", True, "2026-11-23 12:00", True),
        (OFFICE, "2026-11-23 never", False, "2026-11-23 12:00", False),
        (OFFICE, "2026-11-23 08:00-12:00", False, "2026-11-23 13:00", False),
        (OFFICE, "2026-11-20 to 2026-11-24 all day", False, "2026-11-22 23:59", True),
        ("", "2026-11-23 never", False, "2026-11-23 12:00", False),
        ("", "2026-11-23 never", False, "2026-11-24 12:00", True),
        ("Fri 22:00-02:00", "", False, "2026-11-28 01:00", True),
        # What begins on a day without hours does not go over midnight, and what began the day before does.
        ("Fri 22:00-02:00", "2026-11-27 never", False, "2026-11-28 01:00", False),
        ("Fri 22:00-02:00", "2026-11-28 never", False, "2026-11-28 01:00", True),
    ],
)
def test_it_holds_by_hours_and_exceptions(hours: str, exceptions: str, outside: bool, moment: str, holds: bool) -> None:
    assert Schedule.read(hours, exceptions, outside=outside).covers(at(moment)) is holds


def test_the_clock_on_the_wall_counts_when_clocks_are_put_back() -> None:
    schedule = Schedule.read("Sun 02:00-03:00")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time, and an hour later once more
    moments = [first + timedelta(hours=number) for number in (-1, 0, 1, 2)]
    assert [schedule.covers(moment.astimezone(BERLIN)) for moment in moments] == [False, True, True, False]


def windows(hours: str, exceptions: str, after: str, until: str) -> list[str]:
    found = Schedule.read(hours, exceptions).windows_ending(at(after), at(until), BERLIN)
    return [f"{begin.astimezone(UTC):%d %H:%M}-{end.astimezone(UTC):%H:%M}" for begin, end in found]


def test_a_window_is_found_once_when_it_has_ended() -> None:
    assert windows("Mon-Fri 07:00-09:15", "", "2026-11-23 09:14", "2026-11-23 09:15") == ["23 06:00-08:15"]
    assert windows("Mon-Fri 07:00-09:15", "", "2026-11-23 09:15", "2026-11-24 09:14") == []


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    assert windows("Fri 22:00-02:00", "", "2026-11-28 00:00", "2026-11-28 12:00") == ["27 21:00-01:00"]


def test_a_window_ends_by_the_clock_on_the_wall_after_clocks_are_put_forward() -> None:
    assert windows("Sat, Sun 07:00-09:00", "", "2026-03-28 00:00", "2026-03-29 23:00") == [
        "28 06:00-08:00", "29 05:00-07:00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "day", "ends"),
    [
        # 02:00 to 03:00 is left out: the clock on the wall passes each time in it at once.
        ("Sun 02:15-02:45", "2026-03-29", "01:15-01:45"),
        ("Sun 01:00-02:30", "2026-03-29", "00:00-01:30"),
        ("Sun 02:30-04:00", "2026-03-29", "01:30-02:00"),
        # 02:00 to 03:00 comes twice: it begins, and ends, the first time.
        ("Sun 01:00-02:30", "2026-10-25", "23:00-00:30"),
        ("Sun 02:30-04:00", "2026-10-25", "00:30-03:00"),
    ],
)
def test_in_the_night_in_which_clocks_change_a_window_ends_once(hours: str, day: str, ends: str) -> None:
    (window,) = windows(hours, "", f"{day} 00:00", f"{day} 23:59")
    assert window.split(" ")[1] == ends


def test_no_window_ends_on_an_excepted_day() -> None:
    assert windows("Mon-Fri 07:00-09:15", "2026-11-23 never", "2026-11-23 00:00", "2026-11-24 12:00") == [
        "24 06:00-08:15"
    ]
