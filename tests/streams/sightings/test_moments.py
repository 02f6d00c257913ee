"""When somebody was seen: presets, hours of days, and where to look for them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from streams.records.sighting import Sighting
from streams.sightings.moments import HoursOfDays, Preset, day_span
from tests.streams.pages.rows import a_camera, a_sighting

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
"""A Wednesday in UTC, and Thursday 0:30 in Berlin."""
TUESDAY = frozenset({1})
MIDNIGHT_TUE = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "span"),
    [
        (Preset.LAST_HOUR, (NOW - timedelta(hours=1), NOW)),
        (Preset.TODAY, (datetime(2026, 11, 25, 23, tzinfo=UTC), datetime(2026, 11, 26, 23, tzinfo=UTC))),
        (Preset.YESTERDAY, (datetime(2026, 11, 24, 23, tzinfo=UTC), datetime(2026, 11, 25, 23, tzinfo=UTC))),
        (Preset.THIS_WEEK, (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 29, 23, tzinfo=UTC))),
    ],
)
def test_presets_are_of_the_zone_of_the_site(settings: Any, preset: Preset, span: tuple[datetime, datetime]) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert preset.span(NOW) == span


def test_a_day_has_25_hours_when_clocks_are_put_back(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    begin, end = day_span(datetime(2026, 10, 25).date())
    assert end - begin == timedelta(hours=25)


@pytest.mark.parametrize(
    ("begin", "end", "length"),
    [("18:00", None, 360), (None, "06:00", 360), ("22:00", "02:00", 240), ("08:00", "08:00", 1440), (None, None, 1440)],
)
def test_hours_without_an_end_last_until_midnight_and_may_go_over_it(
    begin: str | None, end: str | None, length: int
) -> None:
    hours = HoursOfDays.of(begin and time.fromisoformat(begin), end and time.fromisoformat(end), frozenset())
    assert hours.length == length


@pytest.mark.parametrize(
    ("begin", "end", "days", "found"),
    [
        ("18:00", None, (), ["18:00", "23:59"]),
        ("18:00", None, TUESDAY, ["18:00", "23:59"]),
        ("18:00", None, {2}, []),
        (None, "12:00", TUESDAY, ["11:59"]),
        ("22:00", "02:00", TUESDAY, ["23:59", "01:59 of Wednesday"]),
        (None, "02:00", {2}, ["01:59 of Wednesday"]),
        (None, None, TUESDAY, ["11:59", "17:59", "18:00", "23:59"]),
    ],
)
def test_hours_belong_to_the_day_on_which_they_begin(
    db: None, settings: Any, begin: str | None, end: str | None, days: Any, found: list[str]
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    camera, named = a_camera(), {}
    for name in ("11:59", "17:59", "18:00", "23:59", "01:59 of Wednesday"):
        clock = time.fromisoformat(name[:5])
        day = timedelta(days=1 if "Wednesday" in name else 0, hours=clock.hour - 1, minutes=clock.minute)
        named[a_sighting(camera, at=MIDNIGHT_TUE + day).pk] = name  # an hour less: Berlin is ahead of UTC
    hours = HoursOfDays.of(begin and time.fromisoformat(begin), end and time.fromisoformat(end), frozenset(days))
    rows = Sighting.objects.filter(hours.contain("first_seen_at")).order_by("first_seen_at")
    assert [named[row.pk] for row in rows] == found
    rows.spans = hours.spans(MIDNIGHT_TUE - timedelta(days=3), MIDNIGHT_TUE + timedelta(days=3))
    assert [named[row.pk] for row in rows.first_by_time(9)] == found[::-1]
    assert [named[row.pk] for row in rows.first_by_time(9, ascending=True)] == found
    assert [named[row.pk] for row in rows.first_by_time(1)] == found[::-1][:1]


def test_spans_hold_what_the_condition_holds_while_clocks_change(db: None, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    camera = a_camera()
    for changed in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        for minutes in range(-180, 360, 15):
            a_sighting(camera, at=changed + timedelta(minutes=minutes))
    for begin, end in (
        ("02:15", "02:45"),
        ("01:00", "02:30"),
        ("02:30", "04:00"),
        ("23:00", "02:15"),
        ("03:00", "02:30"),
    ):
        hours = HoursOfDays.of(time.fromisoformat(begin), time.fromisoformat(end), frozenset())
        rows = Sighting.objects.filter(hours.contain("first_seen_at"))
        everywhere = list(rows.order_by("-first_seen_at", "-id"))
        rows.spans = hours.spans(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
        assert list(rows.first_by_time(500)) == everywhere, (begin, end)
        assert all(one[0] >= next_one[1] for one, next_one in zip(rows.spans, rows.spans[1:], strict=False))


def test_a_sighting_that_lasted_for_hours_is_found_at_its_end(db: None) -> None:
    long = a_sighting(a_camera(), at=MIDNIGHT_TUE, last_seen_at=MIDNIGHT_TUE + timedelta(hours=30))
    assert list(Sighting.objects.all().seen_since(MIDNIGHT_TUE + timedelta(hours=29))) == [long]
    assert not Sighting.objects.all().seen_since(MIDNIGHT_TUE + timedelta(hours=31))
