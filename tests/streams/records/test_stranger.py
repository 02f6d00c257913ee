"""Strangers: what their rows may hold, what goes with whom, and who sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger, StrangerDifference, StrangerEncoding
from tests.streams.limited import World, fresh
from tests.streams.seen import NOON, seen

pytestmark = pytest.mark.django_db
EARLY, LATE = UUID(int=1), UUID(int=2)


def a_stranger(**fields: Any) -> Stranger:
    return Stranger.objects.create(**{"first_seen_at": NOON, "last_seen_at": NOON, **fields})


def an_encoding(stranger: Stranger, **fields: Any) -> StrangerEncoding:
    vector = np.zeros(128, np.float32)
    return StrangerEncoding.objects.create(
        **{"stranger": stranger, "engine": "engine", "vector": vector, "of": 1, **fields}
    )


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("stranger_state", {"state": "named"}),
        ("stranger_state", {"state": "joined"}),
        ("stranger_state", {"state": "lost"}),
        ("stranger_not_into_itself", {"state": "joined", "into_id": EARLY}),
        ("stranger_resembles_another", {"resembles_id": EARLY, "resembles_distance": 0.1}),
        ("stranger_number_from_1", {"number": 0}),
        ("stranger_seen_in_order", {"first_seen_at": NOON.replace(hour=13)}),
    ],
)
def test_the_database_refuses_other_rows(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        a_stranger(id=EARLY, **fields)


def test_an_offer_says_how_much_alike() -> None:
    with pytest.raises(IntegrityError, match="stranger_resembles_so_much"):
        a_stranger(resembles=a_stranger())


def test_a_number_is_one_strangers_and_may_be_nobodys() -> None:
    a_stranger(), a_stranger(), a_stranger(number=12)
    with pytest.raises(IntegrityError, match="number"):
        a_stranger(number=12)


def test_two_are_different_once_and_in_order() -> None:
    one, other = a_stranger(id=EARLY), a_stranger(id=LATE)
    StrangerDifference.objects.create(one=one, other=other)
    assert "≠" in str(StrangerDifference.objects.get())
    with pytest.raises(IntegrityError, match="stranger_difference_once"):
        StrangerDifference.objects.create(one=one, other=other)


@pytest.mark.parametrize("pair", [(LATE, EARLY), (EARLY, EARLY)])
def test_no_pair_stands_the_other_way_round_or_is_one(pair: tuple[UUID, UUID]) -> None:
    a_stranger(id=EARLY), a_stranger(id=LATE)
    with pytest.raises(IntegrityError, match="stranger_difference_in_order"):
        StrangerDifference.objects.create(one_id=pair[0], other_id=pair[1])


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("stranger_encoding_width", {"vector": np.zeros(127, np.float32)}),
        ("stranger_encoding_of_some", {"of": 0}),
    ],
)
def test_an_encoding_is_the_mean_of_some_in_a_known_width(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        an_encoding(a_stranger(), **fields)


def test_whoever_is_forgotten_takes_the_encoding_and_leaves_the_sightings(hall: Camera) -> None:
    stranger, sighting = a_stranger(), seen(hall)
    an_encoding(stranger)
    Sighting.objects.filter(pk=sighting.pk).update(stranger=stranger)
    a_stranger(state="joined", into=stranger)
    other = a_stranger(resembles=stranger, resembles_distance=0.4)
    stranger.delete()
    sighting.refresh_from_db()
    assert (sighting.stranger, Stranger.objects.get(), StrangerEncoding.objects.count()) == (None, other, 0)


def test_whoever_erases_a_person_erases_the_stranger_too() -> None:
    ada = Person.objects.create(name="Ada")
    an_encoding(a_stranger(state="named", person=ada))
    ada.delete()
    assert not Stranger.objects.exists() and not StrangerEncoding.objects.exists()


def test_limits_show_strangers_of_ones_cameras_and_names_of_ones_people(viewer: User) -> None:
    world = World.made()
    indoors, outdoors = a_stranger(number=1), a_stranger(number=2)
    named = a_stranger(number=3, state="named", person=world.bob)
    for place, stranger in (("hall unknown", indoors), ("vault unknown", outdoors)):
        Sighting.objects.filter(pk=world.sightings[place].pk).update(stranger=stranger)
    assert set(Stranger.objects.visible_to(viewer)) == {indoors, outdoors, named}
    world.limit_people(viewer)
    assert set(Stranger.objects.visible_to(fresh(viewer))) == {indoors, outdoors}
    world.limit_cameras(viewer)
    assert set(Stranger.objects.visible_to(fresh(viewer))) == {indoors}


def test_nobody_sees_strangers_without_the_right() -> None:
    a_stranger()
    assert not Stranger.objects.visible_to(User.objects.create_user("somebody"))


def test_its_name_is_its_number() -> None:
    assert [str(a_stranger(number=12)), str(a_stranger())] == ["Stranger 12", "a stranger"]
