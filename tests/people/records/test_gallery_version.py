"""What raises the gallery's version, and what must not: cameras load the gallery anew at every raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from people.editing import photo_decisions, services
from people.enrolling.enrolment import claim_photo
from people.gallery.stored import current_version
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


@pytest.fixture
def enrolled(ada: Person, add: Add) -> Photo:
    photo = add(ada)
    Photo.objects.update(state="enrolled")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    photo.refresh_from_db()
    return photo


@contextmanager
def raised(by: int) -> Iterator[None]:
    before = current_version()
    yield
    assert current_version() - before == by


def test_retiring_and_restoring_raise_it_once_each(ada: Person, enrolled: Photo) -> None:
    with raised(by=1):
        services.retire_person(person=ada, by=None)
    with raised(by=0):
        services.retire_person(person=ada, by=None)
    with raised(by=1):
        services.restore_person(person=ada, by=None)


def test_a_new_name_raises_it_and_a_new_note_does_not(ada: Person, enrolled: Photo) -> None:
    with raised(by=1):
        Person.objects.update(name="Ada King")
    with raised(by=0):
        Person.objects.update(notes="a mathematician")


def test_refusing_an_enrolled_photo_raises_it(enrolled: Photo) -> None:
    before = current_version()
    photo_decisions.reject_photo(photo=enrolled, by=None)
    assert current_version() > before


def test_deleting_a_person_in_plain_sql_raises_it(enrolled: Photo) -> None:
    before = current_version()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_encoding")
    assert current_version() > before


def test_deleting_a_person_raises_it(ada: Person, enrolled: Photo) -> None:
    before = current_version()
    services.delete_people(people=[ada], by=None)
    assert current_version() > before


def test_adding_and_claiming_a_photo_do_not_raise_it(ada: Person, add: Add) -> None:
    with raised(by=0):
        add(ada)
        assert claim_photo("worker") is not None


def test_a_rolled_back_change_does_not_raise_it(ada: Person, enrolled: Photo) -> None:
    with raised(by=0), pytest.raises(RuntimeError), transaction.atomic():
        services.retire_person(person=ada, by=None)
        raise RuntimeError
