"""Limits: whom a user or an API key has to do with, whatever their rights."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.gallery.stored import current_version
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit, ids_within, person_limits
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector


@pytest.fixture
def staff(ada: Person) -> PersonGroup:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(ada)
    return group


@pytest.fixture
def guests(grace: Person) -> PersonGroup:
    group = PersonGroup.objects.create(name="Guests")
    group.people.add(grace)
    return group


def fresh(user: User) -> User:
    """As the next request finds them."""
    return User.objects.get(pk=user.pk)


def bearer(owner: User, *groups: PersonGroup) -> KeyUser:
    """Of a key of `owner` that is limited to `groups`."""
    key, _ = make_key(name="door", scopes=list(Scope), by=owner)
    for group in groups:
        PersonLimit.objects.create(group=group, key=key)
    return KeyUser.of(key)


def shown(user: Any) -> set[str]:
    """Asked in both ways, of which one is the quicker and the other can be a part of any query."""
    people = Person.objects.within_limits_of(user)
    limits = person_limits(user)
    assert not limits or {str(person.pk) for person in people} == ids_within(limits)
    return {person.name for person in people}


BOTH = {"Ada Lovelace", "Grace Hopper"}


def test_whoever_has_no_limit_sees_everybody(viewer: User, staff: PersonGroup, grace: Person) -> None:
    assert shown(viewer) == shown(bearer(viewer)) == shown(None) == BOTH
    assert person_limits(viewer) == ()


def test_a_limited_user_sees_the_people_of_their_groups(viewer: User, staff: PersonGroup, guests: PersonGroup) -> None:
    PersonLimit.objects.create(group=staff, user=viewer)
    assert shown(fresh(viewer)) == {"Ada Lovelace"}
    PersonLimit.objects.create(group=guests, user=viewer)
    assert shown(fresh(viewer)) == BOTH


def test_somebody_in_two_groups_is_shown_once(viewer: User, ada: Person, staff: PersonGroup) -> None:
    other = PersonGroup.objects.create(name="Other")
    other.people.add(ada)
    for group in (staff, other):
        PersonLimit.objects.create(group=group, user=viewer)
    assert list(Person.objects.within_limits_of(viewer)) == [ada]


def test_a_group_of_nobody_shows_nobody(viewer: User, ada: Person) -> None:
    PersonLimit.objects.create(group=PersonGroup.objects.create(name="Empty"), user=viewer)
    assert shown(viewer) == set()


def test_a_passer_by_is_within_no_limit(ada: Person) -> None:
    assert shown(AnonymousUser()) == set()


def test_a_superuser_is_never_limited_but_their_keys_are(
    operator: User, staff: PersonGroup, guests: PersonGroup
) -> None:
    PersonLimit.objects.create(group=staff, user=operator)
    assert shown(operator) == BOTH
    assert shown(bearer(operator, guests)) == {"Grace Hopper"}


def test_a_key_shows_whoever_is_in_a_group_of_it_and_in_one_of_its_owners(
    viewer: User, ada: Person, staff: PersonGroup, guests: PersonGroup
) -> None:
    PersonLimit.objects.create(group=staff, user=viewer)
    assert shown(bearer(viewer)) == {"Ada Lovelace"}
    assert shown(bearer(viewer, guests)) == set()
    guests.people.add(ada)  # in a group of each, though in no group of both
    assert shown(bearer(viewer, guests)) == {"Ada Lovelace"}


def test_limits_of_others_limit_nobody_else(viewer: User, stranger: User, staff: PersonGroup, grace: Person) -> None:
    PersonLimit.objects.create(group=staff, user=stranger)
    key, _ = make_key(name="door", scopes=list(Scope), by=viewer)
    PersonLimit.objects.create(group=staff, key=key)
    assert shown(viewer) == shown(bearer(viewer)) == BOTH


def test_photos_follow_their_people(viewer: User, ada: Person, grace: Person, staff: PersonGroup, add: Any) -> None:
    mine, _ = add(ada), add(grace, 1)
    assert Photo.objects.within_limits_of(viewer).count() == 2
    PersonLimit.objects.create(group=staff, user=viewer)
    assert list(Photo.objects.within_limits_of(fresh(viewer))) == [mine]


def test_without_the_right_nobody_is_visible_even_within_the_limits(
    viewer: User, stranger: User, ada: Person, staff: PersonGroup, add: Any
) -> None:
    photo = add(ada)
    for user in (viewer, stranger):
        PersonLimit.objects.create(group=staff, user=user)
    assert list(Person.objects.visible_to(viewer)) == [ada] and list(Photo.objects.visible_to(viewer)) == [photo]
    assert not Person.objects.visible_to(stranger).exists() and not Photo.objects.visible_to(stranger).exists()


def test_a_request_asks_for_its_limits_once(viewer: User, staff: PersonGroup, django_assert_num_queries: Any) -> None:
    PersonLimit.objects.create(group=staff, user=viewer)
    with django_assert_num_queries(1):
        person_limits(viewer)
        person_limits(viewer)
    with django_assert_num_queries(0):
        person_limits(User(pk=viewer.pk, is_superuser=True))


def test_a_group_that_limits_somebody_is_not_deleted(viewer: User, staff: PersonGroup) -> None:
    limit = PersonLimit.objects.create(group=staff, user=viewer)
    with pytest.raises(ProtectedError), transaction.atomic():
        staff.delete()
    limit.delete()
    staff.delete()


def test_a_limit_is_of_a_user_or_of_a_key(viewer: User, staff: PersonGroup) -> None:
    key: ApiKey = bearer(viewer).key
    for whose in ({}, {"user": viewer, "key": key}):
        with pytest.raises(IntegrityError, match="personlimit_of_one"), transaction.atomic():
            PersonLimit.objects.create(group=staff, **whose)
    for whose in ({"user": viewer}, {"key": key}):
        PersonLimit.objects.create(group=staff, **whose)
        with pytest.raises(IntegrityError, match="personlimit_once"), transaction.atomic():
            PersonLimit.objects.create(group=staff, **whose)


def test_limits_end_with_whom_they_limit(viewer: User, staff: PersonGroup) -> None:
    PersonLimit.objects.create(group=staff, user=viewer)
    bearer(viewer, staff)
    viewer.delete()
    assert not PersonLimit.objects.exists()


class TestTheGallerysVersion:
    """A restricted gallery is as old as its version says."""

    @pytest.fixture
    def enrolled(self, ada: Person, add: Any) -> Person:
        photo = add(ada)
        Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=1)
        Photo.objects.update(state="enrolled")
        return ada

    def test_rises_when_somebody_enrolled_enters_or_leaves_a_group(self, enrolled: Person) -> None:
        group = PersonGroup.objects.create(name="Staff")
        before = current_version()
        group.people.add(enrolled)
        entered = current_version()
        group.people.remove(enrolled)
        assert before < entered < current_version()

    def test_stays_when_a_newcomer_enters_a_group(self, enrolled: Person, grace: Person) -> None:
        before = current_version()
        PersonGroup.objects.create(name="Staff").people.add(grace)
        assert current_version() == before
