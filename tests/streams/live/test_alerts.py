"""Who is told of an alert on the live page: whoever may see its camera and the person whom it names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from streams.live.sight import MOST_ALERTS, Sight, read_hello, read_sight
from tests.streams.alerting_rows import an_alert
from tests.streams.limited import World, fresh

CAMERAS = {1: {"slug": "hall", "name": "Hall"}}
FREE = Sight(CAMERAS, sightings=True, alerts=True)  # type: ignore[arg-type]
OF_ADA = Sight(CAMERAS, sightings=True, people=frozenset({"ada"}), alerts=True)  # type: ignore[arg-type]
OF_THE_HALL = Sight(CAMERAS, sightings=True, alerts=True, limited=True)  # type: ignore[arg-type]
BLIND = Sight(CAMERAS, sightings=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sight", "camera", "person", "names_somebody", "shown"),
    [
        (FREE, 1, None, False, True),
        (FREE, 2, None, False, False),
        (FREE, None, "bob", True, True),
        (OF_THE_HALL, 1, "bob", True, True),
        (OF_THE_HALL, None, "bob", True, False),
        (OF_ADA, 1, "ada", True, True),
        (OF_ADA, 1, "bob", True, False),
        (OF_ADA, 1, None, False, True),
        (OF_ADA, 1, None, True, False),  # of somebody who was erased
        (BLIND, 1, None, False, False),
    ],
)
def test_an_alert_is_told_within_rights_and_limits(
    sight: Sight, camera: int | None, person: str | None, names_somebody: bool, shown: bool
) -> None:
    assert sight.shows_alert(camera, person, names_somebody) is shown


@pytest.fixture
def world(media: Any, db: None) -> World:
    return World.made()


@pytest.fixture
def guard(viewer: User) -> User:
    viewer.user_permissions.add(Permission.objects.get(codename="view_alert"))
    return viewer


def greeted(user: User) -> list[str] | None:
    """The subjects of the alerts in the greeting of a socket, by their rules' names."""
    sight = read_sight(fresh(user))
    assert sight is not None
    told = read_hello(fresh(user), sight)["alerts"]
    return None if told is None else [alert["rule"] for alert in told]


def test_whoever_comes_back_hears_of_the_newest_alerts_that_nobody_works_off(world: World, guard: User) -> None:
    now = timezone.now()
    for number in range(6):
        an_alert(camera=world.hall, rule_name=str(number), raised_at=now + timedelta(seconds=number))
    an_alert(camera=world.hall, rule_name="worked off", state="acknowledged", raised_at=now + timedelta(minutes=1))
    assert greeted(guard) == ["5", "4", "3", "2"]
    assert MOST_ALERTS == 4


def test_a_greeting_tells_of_alerts_within_rights_and_limits(world: World, guard: User) -> None:
    an_alert(camera=world.vault, rule_name="vault")
    an_alert(camera=world.hall, rule_name="bob", kind="person", person=world.bob)
    an_alert(camera=world.hall, rule_name="hall")
    an_alert(rule_name="no camera")
    assert set(greeted(guard) or ()) == {"vault", "bob", "hall", "no camera"}
    world.limit_cameras(guard)
    assert set(greeted(guard) or ()) == {"bob", "hall"}
    world.limit_people(guard)
    assert greeted(guard) == ["hall"]
    guard.user_permissions.remove(Permission.objects.get(codename="view_alert"))
    assert greeted(guard) is None
