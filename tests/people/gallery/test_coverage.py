"""How well photos cover people, for one person and for a page of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.gallery.coverage import coverage_of, coverages_of, needing_photos
from people.gallery.engines import active_engine
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def enrol(person: Person, add: Add, *qualities: float, engine: str = "") -> None:
    """Enrols a photo of each quality, 0.35 from the person's face."""
    for number, quality in enumerate(qualities):
        photo = add(person, seed=number)
        Photo.objects.filter(pk=photo.pk).update(state="enrolled")
        vector = near(unit_vector(person.pk.int % 1000), 0.35, seed=10_000 + person.pk.int % 7919 + number)
        Encoding.objects.create(photo=photo, engine=engine or active_engine(), vector=vector, quality=quality)


def test_three_good_photos_that_differ_are_good(ada: Person, add: Add, media: object) -> None:
    enrol(ada, add, 0.9, 0.8, 0.7)
    rated = coverage_of(ada)
    assert (rated.photos, rated.good, rated.percent, rated.word) == (3, 3, 80, "good")


def test_a_person_without_photos_is_not_recognised(ada: Person) -> None:
    assert (coverage_of(ada).percent, coverage_of(ada).word) == (0, "not recognised")


def test_each_person_is_rated_by_their_own_photos(ada: Person, grace: Person, add: Add, media: object) -> None:
    enrol(ada, add, 0.9, 0.8)
    enrol(grace, add, 0.9)
    rated = coverages_of([ada.pk, grace.pk])
    assert [(rated[each.pk].photos, rated[each.pk].word) for each in (ada, grace)] == [(2, "fair"), (1, "little")]
    assert rated[ada.pk] == coverage_of(ada)


def test_a_page_of_people_takes_three_queries(ada: Person, grace: Person, add: Add, media: object) -> None:
    enrol(ada, add, 0.9, 0.8)
    enrol(grace, add, 0.9)
    with CaptureQueriesContext(connection) as queries:
        coverages_of([ada.pk, grace.pk])
    assert len(queries) == 3


def test_people_with_fewer_than_three_good_photos_need_photos(
    ada: Person, grace: Person, add: Add, media: object
) -> None:
    enrol(ada, add, 0.9, 0.8, 0.7)
    enrol(grace, add, 0.9, 0.8, 0.4)
    nobody = Person.objects.create(name="Nobody")
    assert set(needing_photos(Person.objects.all())) == {grace, nobody}
    Person.objects.filter(pk=nobody.pk).update(retired_at=nobody.created_at)
    assert set(needing_photos(Person.objects.all())) == {grace}


def test_photos_of_another_engine_do_not_count(ada: Person, add: Add, media: object) -> None:
    enrol(ada, add, 0.9, 0.8, 0.7, engine="another")
    assert set(needing_photos(Person.objects.all())) == {ada}
