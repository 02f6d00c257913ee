"""Where somebody is, by when they were seen where, as the database computes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from people.records.person import Person
from streams.presence.listed import Present
from streams.presence.report import presence
from streams.presence.whereabouts import LONG_AGO, Where, Whereabouts, WhyGuessed
from tests.streams.pages.rows import a_camera, a_sighting

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOURS = LONG_AGO / timedelta(hours=1)


def placed(viewer: User, hours_ago: Mapping[str, float], *, sees_exits: bool = True, view: bool = False) -> Present:
    """Returns where somebody is who was last seen so long ago by cameras of these roles."""
    somebody = Person.objects.create(name="Ada")
    cameras = {role: a_camera(role.title(), role=role) for role in ("entrance", "exit", "inside", "none")}
    if not sees_exits:
        cameras["exit"].delete()
    for role, hours in hours_ago.items():
        at = NOW - timedelta(hours=hours)
        a_sighting(cameras[role], somebody, at=at, last_seen_at=at, **({"ended_at": None} if view else {}))
    (found,) = presence(viewer, NOW).people.at(tuple(Where))
    return found


@pytest.mark.parametrize(
    ("hours_ago", "where"),
    [
        ({"inside": 1}, Where.HERE),
        ({"entrance": 2, "exit": 1}, Where.LEFT),
        ({"inside": 1, "exit": 2}, Where.HERE),
        ({"exit": 1}, Where.LEFT),
        ({"none": 1}, Where.SEEN),
        ({"inside": 2, "exit": 1, "none": 0.5}, Where.LEFT),
    ],
)
def test_the_newest_camera_with_a_role_says_where_somebody_is(
    viewer: User, hours_ago: dict[str, float], where: Where
) -> None:
    assert placed(viewer, hours_ago).whereabouts == Whereabouts(where)


def test_whoever_is_before_a_camera_is_in_view_wherever_it_is(viewer: User) -> None:
    found = placed(viewer, {"inside": 2, "exit": 1, "none": 0}, view=True)
    assert found.whereabouts == Whereabouts(Where.IN_VIEW)
    assert (found.first_at, found.last_at) == (NOW - timedelta(hours=2), NOW)


@pytest.mark.parametrize(
    ("view", "expected"), [(False, Whereabouts(Where.HERE, WhyGuessed.NO_EXIT)), (True, Whereabouts(Where.IN_VIEW))]
)
def test_where_no_camera_sees_who_leaves_it_is_a_guess_that_somebody_is_still_here(
    viewer: User, view: bool, expected: Whereabouts
) -> None:
    assert placed(viewer, {"inside": 0 if view else 1}, sees_exits=False, view=view).whereabouts == expected


@pytest.mark.parametrize(
    ("hours_ago", "guess"),
    [
        ({"inside": HOURS}, None),
        ({"inside": HOURS + 0.1}, WhyGuessed.LONG_AGO),
        ({"inside": HOURS + 0.1, "none": 0.1}, None),
    ],
)
def test_whoever_was_not_seen_for_hours_is_here_by_a_guess(
    viewer: User, hours_ago: dict[str, float], guess: WhyGuessed | None
) -> None:
    assert placed(viewer, hours_ago).whereabouts == Whereabouts(Where.HERE, guess)
