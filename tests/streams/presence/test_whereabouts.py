"""Where somebody is, by when they were seen where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from streams.presence.whereabouts import LONG_AGO, SeenTimes, Where, Whereabouts, WhyGuessed, whereabouts

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def seen(
    inside: float | None = None, exit_: float | None = None, last: float | None = None, *, view: bool = False
) -> SeenTimes:
    """Hours ago, each."""
    inside_at, exit_at = (None if hours is None else NOW - timedelta(hours=hours) for hours in (inside, exit_))
    known = [moment for moment in (inside_at, exit_at) if moment]
    last_at = max(known) if last is None else NOW - timedelta(hours=last)
    return SeenTimes(NOW - timedelta(hours=8), last_at, inside_at, exit_at, view)


@pytest.mark.parametrize(
    ("what", "where"),
    [
        (seen(inside=1), Where.HERE),
        (seen(inside=2, exit_=1), Where.LEFT),
        (seen(inside=1, exit_=2), Where.HERE),
        (seen(exit_=1), Where.LEFT),
        (seen(last=1), Where.SEEN),
        (seen(inside=2, exit_=1, last=0.5), Where.LEFT),
        (seen(inside=2, exit_=1, last=0, view=True), Where.IN_VIEW),
        (seen(last=0, view=True), Where.IN_VIEW),
    ],
)
def test_the_newest_camera_with_a_role_says_where_somebody_is(what: SeenTimes, where: Where) -> None:
    assert whereabouts(what, NOW, sees_exits=True) == Whereabouts(where)


def test_where_no_camera_sees_who_leaves_it_is_a_guess_that_somebody_is_still_here() -> None:
    assert whereabouts(seen(inside=1), NOW, sees_exits=False) == Whereabouts(Where.HERE, WhyGuessed.NO_EXIT)
    assert whereabouts(seen(last=0, view=True), NOW, sees_exits=False) == Whereabouts(Where.IN_VIEW)


def test_whoever_was_not_seen_for_hours_is_here_by_a_guess() -> None:
    hours = LONG_AGO / timedelta(hours=1)
    assert whereabouts(seen(inside=hours), NOW, sees_exits=True).guess is None
    assert whereabouts(seen(inside=hours + 0.1), NOW, sees_exits=True) == Whereabouts(Where.HERE, WhyGuessed.LONG_AGO)
    assert whereabouts(seen(inside=hours + 0.1, last=0.1), NOW, sees_exits=True).guess is None
