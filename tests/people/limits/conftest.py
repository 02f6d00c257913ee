"""Two people, and callers of whom one person exists for some and both for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.recognition.engine.kinds import engine_key
from people.records.encoding import Encoding
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.api import client_of
from tests.people.conftest import unit_vector


@dataclass(frozen=True)
class Record:
    """Somebody with an enrolled photo and one that is held because it looks like the other."""

    person: Person
    photo: Photo
    held: Photo

    @property
    def traces(self) -> list[str]:
        """What an answer must not have in it for whom this person does not exist."""
        return [self.person.name, str(self.person.pk), str(self.photo.pk), str(self.held.pk)]


@pytest.fixture
def record(add: Callable[..., Photo]) -> Callable[..., Record]:
    def make(person: Person, seed: int) -> Record:
        photo, held = add(person, seed), add(person, seed + 100)
        Photo.objects.filter(pk=photo.pk).update(state="enrolled", crop=photo.image.name)
        Encoding.objects.create(photo=photo, engine=engine_key(), vector=unit_vector(seed), quality=0.9)
        Photo.objects.filter(pk=held.pk).update(state="review", reason="looks_like_other", crop=held.image.name)
        Encoding.objects.create(photo=held, engine=engine_key(), vector=unit_vector(seed + 100), quality=0.9)
        return Record(person, photo, held)

    return make


@pytest.fixture
def inside(ada: Person, record: Callable[..., Record]) -> Record:
    """Exists for everybody."""
    return record(ada, 1)


@pytest.fixture
def outside(grace: Person, inside: Record, record: Callable[..., Record]) -> Record:
    """Exists for the unlimited alone."""
    made = record(grace, 2)
    for one, other in ((inside, made), (made, inside)):
        detail = {"person": str(other.person.pk), "distance": 0.31}
        Photo.objects.filter(pk=one.held.pk).update(reason_detail=detail)
    return made


@pytest.fixture
def staff(inside: Record) -> PersonGroup:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(inside.person)
    return group


@pytest.fixture
def guests(inside: Record, outside: Record) -> Watchlist:
    """A watchlist of both."""
    watchlist = Watchlist.objects.create(name="Guests")
    watchlist.people.add(inside.person, outside.person)
    return watchlist


@pytest.fixture
def chief(db: None) -> User:
    """Has every right, and is no superuser."""
    user = User.objects.create_user("chief", password="chief", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def limited(chief: User, staff: PersonGroup) -> User:
    """The chief with a limit."""
    PersonLimit.objects.create(group=staff, user=chief)
    return chief


def client_with_key(owner: User, *groups: PersonGroup) -> APIClient:
    """Of a key that has every scope and is limited to `groups`."""
    _, text = make_key(name="door", scopes=list(Scope), by=owner, groups=groups)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    return client


@pytest.fixture
def caller(who: str, request: pytest.FixtureRequest, chief: User) -> Any:
    """A client of the API: `who` is "limited user", "limited key", "key of a limited user" or "unlimited"."""
    if who == "unlimited":
        return client_of(chief)
    if who == "limited key":
        return client_with_key(chief, request.getfixturevalue("staff"))
    limited = request.getfixturevalue("limited")
    return client_of(limited) if who == "limited user" else client_with_key(limited)
