"""Weekly hours: how they are written, what they cover, and what becomes of them when clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from streams.records.hours import BadHours, WeeklyHours

BERLIN = ZoneInfo("Europe/Berlin")
WORK = WeeklyHours.read("Mon-Fri 07:00-19:00; Sat 22:00-02:00")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("monday – friday 7:00–19:00", "Mon-Fri 07:00-19:00"),
        ("Sat,Sun 9:00-12:00, 13:00-17:30", "Sat, Sun 09:00-12:00, 13:00-17:30"),
        ("mon-tue 07:00-08:00\nSat 22:00-02:00", "Mon, Tue 07:00-08:00; Sat 22:00-02:00"),
        ("Fri-Mon 10:00-11:00", "Mon, Fri-Sun 10:00-11:00"),
        ("daily 00:00-24:00", "Mon-Sun 00:00-24:00"),
        ("06:30-22:00", "Mon-Sun 06:30-22:00"),
        ("Sun 22:00-00:00", "Sun 22:00-24:00"),
    ],
)
def test_hours_are_read_as_people_write_them_and_kept_in_one_way(written: str, kept: str) -> None:
    assert str(WeeklyHours.read(written)) == kept
    assert str(WeeklyHours.read(kept)) == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("always", "cannot be read"),
        ("Mon", "cannot be read"),
        ("Mon-Fri 7-19", "no time from and to"),
        ("Mun 07:00-19:00", "no day of the week"),
        ("Mon 25:00-26:00", "00:00 to 24:00"),
        ("Mon 07:70-08:00", "00:00 to 24:00"),
        ("Mon 07:00-24:30", "00:00 to 24:00"),
        ("Mon 07:00-07:00", "begins when it ends"),
        ("Mon-Fri 07:00-19:00; nonsense", "“nonsense” cannot be read"),
        ("Mon 07:00-08:00 and more", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadHours, match=said):
        WeeklyHours.read(text)


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2026-11-30T06:59", False),  # a Monday
        ("2026-11-30T07:00", True),
        ("2026-11-30T18:59", True),
        ("2026-11-30T19:00", False),
        ("2026-12-05T21:59", False),  # Saturday
        ("2026-12-05T23:00", True),
        ("2026-12-06T01:59", True),  # Sunday, still Saturday's hours
        ("2026-12-06T02:00", False),
        ("2026-12-06T22:30", False),
    ],
)
def test_hours_cover_their_days_and_go_over_midnight(moment: str, covered: bool) -> None:
    assert WORK.covers(local(moment)) is covered


def test_no_hours_are_all_hours() -> None:
    assert WeeklyHours.read("").covers(local("2026-11-30T03:00"))


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-11-30T05:00", "2026-11-30T07:00"),
        ("2026-11-30T20:00", "2026-12-01T07:00"),
        ("2026-12-04T20:00", "2026-12-05T22:00"),
        ("2026-12-06T02:00", "2026-12-07T07:00"),
    ],
)
def test_it_is_known_when_the_next_hours_begin(now: str, starts: str) -> None:
    assert WORK.next_start(local(now), BERLIN) == local(starts)


def test_clocks_that_are_put_forward_leave_out_what_lies_in_the_missing_hour() -> None:
    """On 2026-03-29 it is 03:00 right after 01:59."""
    night = WeeklyHours.read("Sun 02:30-05:00")
    asleep, awake = datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert not night.covers(asleep.astimezone(BERLIN)) and night.covers(awake.astimezone(BERLIN))
    assert night.next_start(asleep, BERLIN) == awake


def test_an_hour_that_comes_twice_counts_twice() -> None:
    """On 2026-10-25 it is 02:00 again after 02:59."""
    night = WeeklyHours.read("Sun 02:00-03:00")
    moments = [datetime(2026, 10, 25, 0, minute, tzinfo=UTC) for minute in (0, 59)]
    moments += [datetime(2026, 10, 25, 1, minute, tzinfo=UTC) for minute in (0, 59)]
    assert all(night.covers(moment.astimezone(BERLIN)) for moment in moments)
    assert not night.covers(datetime(2026, 10, 25, 2, 0, tzinfo=UTC).astimezone(BERLIN))
    start = night.next_start(datetime(2026, 10, 24, 23, 0, tzinfo=UTC), BERLIN)
    assert start is not None and start.astimezone(UTC) == moments[0]


def test_hours_in_the_evening_begin_at_the_same_wall_clock_on_both_sides_of_a_change() -> None:
    evening = WeeklyHours.read("18:00-20:00")
    for day, offset in (("2026-03-28", 1), ("2026-03-29", 2)):
        start = evening.next_start(local(f"{day}T12:00"), BERLIN)
        assert start is not None and start.hour == 18 and start.utcoffset().total_seconds() == 3600 * offset  # type: ignore[union-attr]
