"""Counter-examples decide in every gallery that is made of the database, from the change on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction

from people.editing import services
from people.errors import WrongState
from people.gallery import counter_examples, renewing
from people.gallery.in_use import GalleryInUse
from people.gallery.renewing import StampedGallery, newest_gallery
from people.gallery.stored import current_version, load_gallery
from people.recognition.engine.kinds import DLIB, FUSED
from people.recognition.gallery.gallery import Gallery
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector

pytestmark = pytest.mark.django_db
FACE = unit_vector(1)
STRANGER = near(FACE, 0.5)
SIGHTING = UUID(int=5)


def enrolled(person: Person, seed: int, engine: str = FUSED.key) -> Photo:
    photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state="enrolled")
    width = 256 if engine == FUSED.key else 128
    Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(seed, width), quality=0.9)
    return photo


def reject(
    person: Person, vector: Any = STRANGER, sighting: UUID = SIGHTING, engine: str = FUSED.key
) -> CounterExample:
    return counter_examples.add(person=person, engine=engine, vector=vector, sighting_id=sighting, who="Ann")


def named(gallery: Gallery, probe: Any = STRANGER) -> str | None:
    return gallery.identify(probe).person


@pytest.fixture
def known(ada: Person, grace: Person) -> StampedGallery:
    enrolled(ada, 1), enrolled(grace, 3)
    return newest_gallery(FUSED.key, None)


@contextmanager
def nobody_reads_everybody(monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(engine: str) -> Any:
        raise AssertionError("everybody was read")

    with monkeypatch.context() as patch:
        patch.setattr(renewing, "load_ledger", read)
        yield


def test_a_face_said_not_to_be_somebody_is_not_named_so_while_they_still_are(
    known: StampedGallery, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert named(known.gallery) == str(ada.pk)
    row = reject(ada)
    with nobody_reads_everybody(monkeypatch):
        new = newest_gallery(FUSED.key, known)
    loaded, _names = load_gallery(FUSED.key)
    for gallery in (new.gallery, loaded):
        assert named(gallery) == str(grace.pk)
        assert named(gallery, near(FACE, 0.3, 7)) == str(ada.pk)
        refused = gallery.identify(near(STRANGER, 0.1, 8)).refused
        assert refused and (refused.person, refused.counter_example) == (str(ada.pk), row.pk)
    assert named(known.gallery) == str(ada.pk)  # for whoever still holds the version before


CHANGES: dict[str, Callable[[Person, Person], Any]] = {
    "removed": lambda ada, grace: counter_examples.remove(sightings=[SIGHTING]),
    "removed in plain SQL": lambda ada, grace: CounterExample.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
    "moved to somebody else": lambda ada, grace: CounterExample.objects.update(person=grace),
    "another encoding": lambda ada, grace: CounterExample.objects.update(vector=unit_vector(40)),
    "of another engine now": lambda ada, grace: CounterExample.objects.update(
        engine=DLIB.key, vector=unit_vector(4, 128)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reaches_a_gallery_in_memory(
    known: StampedGallery, ada: Person, grace: Person, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reject(ada)
    before = newest_gallery(FUSED.key, known)
    assert named(before.gallery) == str(grace.pk)
    CHANGES[change](ada, grace)
    with nobody_reads_everybody(monkeypatch):
        assert named(newest_gallery(FUSED.key, before).gallery) == str(ada.pk)


def test_the_web_and_a_part_of_its_gallery_decide_by_it(known: StampedGallery, ada: Person, grace: Person) -> None:
    in_use = GalleryInUse()
    assert named(in_use.get(FUSED.key)) == str(ada.pk)
    reject(ada)
    assert named(in_use.get(FUSED.key)) == str(grace.pk)
    assert named(in_use.get(FUSED.key).only({str(ada.pk)})) is None


def test_emptying_the_table_is_noticed(known: StampedGallery, ada: Person) -> None:
    reject(ada)
    before = newest_gallery(FUSED.key, known)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as they are after a commit
        cursor.execute("TRUNCATE people_counterexample")
    assert named(newest_gallery(FUSED.key, before).gallery) == str(ada.pk)


def test_counting_what_one_decided_changes_no_gallery(known: StampedGallery, ada: Person) -> None:
    row = reject(ada)
    version = current_version()
    counter_examples.count_decision(row.pk)
    counter_examples.count_decision(row.pk)
    counter_examples.count_decision(row.pk + 1)  # gone meanwhile
    row.refresh_from_db()
    assert (row.decided, row.decided_at is not None, current_version()) == (2, True, version)


def test_one_of_the_other_engine_decides_nothing(known: StampedGallery, ada: Person) -> None:
    reject(ada, vector=unit_vector(9, 128), engine=DLIB.key)
    assert named(load_gallery(FUSED.key)[0]) == str(ada.pk)


def test_the_same_sighting_said_twice_is_one_and_another_engine_takes_its_place(ada: Person) -> None:
    one = reject(ada)
    assert reject(ada).pk == one.pk
    again = reject(ada, vector=unit_vector(9, 128), engine=DLIB.key)
    assert (again.pk, CounterExample.objects.get().engine) == (one.pk, DLIB.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterExample.objects.create(person=ada, sighting_id=SIGHTING, engine="e", vector=unit_vector(2))


def test_a_person_who_is_gone_can_have_none(ada: Person) -> None:
    services.delete_people(people=[ada], by=None)
    with pytest.raises(WrongState):
        reject(Person(pk=ada.pk))
    assert not CounterExample.objects.exists()


def test_it_goes_with_its_person(known: StampedGallery, ada: Person) -> None:
    reject(ada)
    services.delete_people(people=[ada], by=None)
    assert not CounterExample.objects.exists()


def test_those_of_one_person_or_of_some_sightings_can_be_removed(ada: Person, grace: Person) -> None:
    reject(ada), reject(grace), reject(ada, sighting=UUID(int=6))
    assert counter_examples.remove(sightings=[SIGHTING], person=ada) == 1
    assert counter_examples.remove(sightings=[SIGHTING, UUID(int=7)]) == 1
    assert counter_examples.remove(sightings=[SIGHTING]) == 0
    assert CounterExample.objects.get().sighting_id == UUID(int=6)


def test_removing_one_on_the_page_is_logged_once(ada: Person, operator: Any) -> None:
    row = reject(ada)
    for _ in range(2):
        counter_examples.remove_one(counter_example=row, by=operator)
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["Ada Lovelace"]
