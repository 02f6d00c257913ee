"""Whom somebody may see, as the set that live pictures and events are held against."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.live import known_people
from streams.live.known_people import people_of
from tests.streams.limited import fresh


@pytest.fixture
def staff(viewer: User) -> PersonGroup:
    """A group of two that limits the viewer."""
    group = PersonGroup.objects.create(name="Staff")
    group.people.set(Person.objects.create(name=name) for name in ("Ada", "Bob"))
    PersonLimit.objects.create(group=group, user=viewer)
    Person.objects.create(name="Eve")
    return group


def names(user: Any) -> set[str]:
    return set(Person.objects.filter(pk__in=people_of(fresh(user)) or ()).values_list("name", flat=True))


def test_whoever_has_no_limit_sees_everybody(operator: User, staff: PersonGroup) -> None:
    assert people_of(operator) is None


def test_the_ids_are_those_of_the_people_within_the_limits(viewer: User, staff: PersonGroup) -> None:
    assert people_of(viewer) == {str(person.pk) for person in Person.objects.within_limits_of(viewer)}
    assert names(viewer) == {"Ada", "Bob"}


def test_whoever_comes_or_goes_is_seen_at_the_next_question(viewer: User, staff: PersonGroup) -> None:
    ada, eve = Person.objects.get(name="Ada"), Person.objects.get(name="Eve")
    for change, expected in (
        (lambda: staff.people.add(eve), {"Ada", "Bob", "Eve"}),
        (lambda: staff.people.remove(ada), {"Bob", "Eve"}),
        (lambda: staff.people.set([ada, eve]), {"Ada", "Eve"}),
        (lambda: eve.delete(), {"Ada"}),
        (lambda: staff.people.clear(), set()),
    ):
        change()
        assert names(viewer) == expected


def test_people_with_the_same_limits_share_one_set_that_is_read_once(
    viewer: User, stranger: User, staff: PersonGroup
) -> None:
    PersonLimit.objects.create(group=staff, user=stranger)
    first = people_of(viewer)
    with CaptureQueriesContext(connection) as captured:
        assert people_of(stranger) is first
    assert len(captured) == 2  # the limits and the stamp


def test_a_key_sees_whom_its_owner_sees_too(viewer: User, staff: PersonGroup) -> None:
    guests = PersonGroup.objects.create(name="Guests")
    guests.people.set(Person.objects.filter(name__in=["Bob", "Eve"]))
    key, _ = make_key(name="door", scopes=[Scope.READ_SIGHTINGS], by=viewer, groups=[guests])
    bearer = KeyUser.of(ApiKey.objects.get(pk=key.pk))
    assert people_of(bearer) == {str(Person.objects.get(name="Bob").pk)}


def test_a_few_sets_are_kept(viewer: User, staff: PersonGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_people, "MOST_KEPT", 2)
    monkeypatch.setattr(known_people, "_kept", {})
    for number in range(4):
        user = User.objects.create_user(str(number))
        PersonLimit.objects.create(group=PersonGroup.objects.create(name=str(number)), user=user)
        assert people_of(user) == frozenset()
    assert len(known_people._kept) == 2
