"""A gallery made from an earlier one is the gallery that the database has, after every kind of change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection, transaction
from django.db.models import F

from people.editing import photo_decisions, services
from people.editing.merging import merge_people
from people.gallery import nearby as nearby_module
from people.gallery import renewing
from people.gallery.changes import Changes, changes_since, current_stamp
from people.gallery.nearby import Nearby
from people.gallery.renewing import StampedGallery, newest_gallery, without_wear
from people.gallery.stored import load_gallery
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.shared_rows import LedgerRoom
from people.recognition.types import Vector
from people.records.encoding import Encoding
from people.records.gallery_change import GalleryChange
from people.records.gallery_version import GalleryVersion
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector

pytestmark = pytest.mark.django_db


def enrolled(person: Person, seed: int, state: str = "enrolled") -> Photo:
    reason = "" if state == "enrolled" else "unlike_own"
    photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state=state, reason=reason)
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(seed), quality=0.9)
    return photo


@pytest.fixture
def known(ada: Person, grace: Person) -> StampedGallery:
    enrolled(ada, 1), enrolled(ada, 2), enrolled(grace, 3)
    return newest_gallery("e", None)


def test_nothing_new_is_the_same_gallery(known: StampedGallery) -> None:
    assert newest_gallery("e", known) is known
    assert newest_gallery("another", known).gallery.people == ()


def template(gallery: Gallery, person: str) -> Vector:
    (row,) = gallery.rows_of({person})
    return gallery.templates[row]


CHANGES: dict[str, Callable[[Person, Person], Any]] = {
    "a photo more": lambda ada, grace: enrolled(ada, 9),
    "a person more": lambda ada, grace: enrolled(Person.objects.create(name="Mary"), 9),
    "a photo less": lambda ada, grace: services.delete_photos(photos=[ada.photos.all()[0]], by=None),
    "a photo refused": lambda ada, grace: photo_decisions.reject_photo(photo=ada.photos.all()[0], by=None),
    "a person less": lambda ada, grace: services.delete_people(people=[grace], by=None),
    "retired": lambda ada, grace: services.retire_person(person=grace, by=None),
    "renamed": lambda ada, grace: Person.objects.filter(pk=ada.pk).update(name="Countess"),
    "merged": lambda ada, grace: merge_people(keep=ada, merge=grace, by=None),
    "read anew": lambda ada, grace: Encoding.objects.filter(photo__person=ada).update(vector=unit_vector(8)),
    "all gone": lambda ada, grace: Encoding.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_what_the_database_has_and_only_those_who_changed_are_read(
    known: StampedGallery, ada: Person, grace: Person, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    CHANGES[change](ada, grace)
    gallery, names = load_gallery("e")

    def read_everybody(engine: str) -> Any:
        raise AssertionError("everybody was read")

    monkeypatch.setattr(renewing, "load_ledger", read_everybody)
    new = newest_gallery("e", known)
    assert (new.names, new.gallery.version) == (names, gallery.version)
    assert set(new.gallery.people) == set(gallery.people)
    for person in new.gallery.people:
        np.testing.assert_allclose(template(new.gallery, person), template(gallery, person), atol=1e-6)


def test_of_another_history_everything_is_read(known: StampedGallery, ada: Person) -> None:
    """As after a restored backup: the version is known, but it was made at another time."""
    GalleryVersion.objects.update(changed_at=F("changed_at") - timedelta(hours=1))
    GalleryChange.objects.update(changed_at=F("changed_at") - timedelta(hours=1))
    enrolled(ada, 7)
    assert changes_since(known.stamp) is None
    assert newest_gallery("e", known).gallery.version == known.gallery.version + 1


def test_of_a_version_that_was_not_kept_everything_is_read(known: StampedGallery, ada: Person) -> None:
    GalleryChange.objects.all().delete()
    enrolled(ada, 7)
    assert changes_since(known.stamp) is None


@pytest.mark.parametrize(("number", "is_known"), [(20_000, True), (20_001, False)])
def test_a_change_of_very_many_people_at_once_stands_for_everybody(ada: Person, number: int, is_known: bool) -> None:
    enrolled(ada, 1)
    known = current_stamp()
    with connection.cursor() as cursor:
        people = "SELECT array_agg(md5(n::text)::uuid) FROM generate_series(1, %s) n"
        cursor.execute(f"SELECT people_note_gallery_change(({people}), TRUE)", [number])
    changes = changes_since(known)
    assert changes is not None and len(changes.people) == number if is_known else changes is None


def test_a_version_that_changed_no_photo_is_followed_like_any_other(known: StampedGallery, ada: Person) -> None:
    """A reader that is at such a version read everybody with the next change, because it had no row."""
    PersonGroup.objects.create(name="Staff").people.add(ada)
    at_the_group = newest_gallery("e", known)
    assert at_the_group.stamp != known.stamp
    enrolled(ada, 9)
    changes = changes_since(at_the_group.stamp)
    assert changes is not None and changes.people == {ada.pk}


def test_another_engines_encodings_change_no_template(known: StampedGallery, ada: Person) -> None:
    photo = ada.photos.all()[0]
    Encoding.objects.create(photo=photo, engine="another", vector=unit_vector(1, 256), quality=0.9)
    changes = changes_since(known.stamp, "e")
    assert changes is not None and not changes.people
    new = newest_gallery("e", known)
    assert (len(new.gallery.ids), new.stamp) == (len(known.gallery.ids), current_stamp())
    assert changes_since(known.stamp, "another") == Changes(frozenset({ada.pk}), only_added=True)


def test_a_reader_too_far_behind_reads_everybody(known: StampedGallery, ada: Person) -> None:
    """Every thousandth version drops what is older than 20,000."""
    version = (known.gallery.version // 1000 + 22) * 1000 - 1
    GalleryVersion.objects.update(version=version)
    photo = enrolled(ada, 7)
    assert changes_since(known.stamp) is None
    new = newest_gallery("e", known)
    assert new.ledger is not known.ledger and new.gallery.version > version
    services.delete_photos(photos=[photo], by=None)
    assert newest_gallery("e", new).ledger is new.ledger


def test_whoever_uses_the_earlier_gallery_is_not_disturbed(known: StampedGallery, ada: Person, grace: Person) -> None:
    services.retire_person(person=grace, by=None)
    Person.objects.filter(pk=ada.pk).update(name="Countess")
    new = newest_gallery("e", known)
    assert new.names == {str(ada.pk): "Countess"} and new.gallery.identify(unit_vector(3)).person == str(ada.pk)
    assert known.names == {str(ada.pk): "Ada Lovelace", str(grace.pk): "Grace Hopper"}
    assert known.gallery.identify(unit_vector(3)).person == str(grace.pk)


def test_a_full_ledger_is_made_anew(known: StampedGallery, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known.ledger, "_extent", replace(known.ledger._extent, room=LedgerRoom(256, 2, 0)))
    enrolled(ada, 9)
    new = newest_gallery("e", known)
    assert new.ledger is not known.ledger and len(new.gallery) == 2


def test_a_gallery_without_wear_follows_the_changes(known: StampedGallery, ada: Person, grace: Person) -> None:
    services.retire_person(person=grace, by=None)
    worn = newest_gallery("e", known)
    Person.objects.filter(pk=ada.pk).update(name="Countess")
    fresh = without_wear(worn)
    assert newest_gallery("e", worn).names == {str(ada.pk): "Countess"}
    assert len(fresh.gallery.ids) == 1 and fresh.names == {str(ada.pk): "Ada Lovelace"}
    assert newest_gallery("e", fresh).names == {str(ada.pk): "Countess"}


def test_additions_are_told_from_everything_else(ada: Person, grace: Person) -> None:
    enrolled(grace, 1)
    known = current_stamp()
    enrolled(ada, 2)
    changes = changes_since(known)
    assert changes is not None and changes.only_added and changes.people == {ada.pk}
    services.retire_person(person=grace, by=None)
    changes = changes_since(known)
    assert changes is not None and not changes.only_added and changes.people == {ada.pk, grace.pk}


@pytest.mark.django_db(transaction=True)
def test_while_several_write_at_once_a_reader_misses_nothing() -> None:
    people = [Person.objects.create(name=f"P{n}") for n in range(12)]
    for number, person in enumerate(people):
        enrolled(person, number)

    def write(mine: list[Person]) -> None:
        for turn in range(5):
            for number, person in enumerate(mine):
                with transaction.atomic():
                    Person.objects.filter(pk=person.pk).update(name=f"{person.name} {turn}")
                    enrolled(person, 1000 * turn + number)
            services.retire_person(person=mine[turn % len(mine)], by=None)
        connection.close()

    reading = newest_gallery("e", None)
    writers = [Thread(target=write, args=(people[first::3],)) for first in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        reading = newest_gallery("e", reading)
    reading = newest_gallery("e", reading)
    gallery, names = load_gallery("e")
    assert (reading.names, reading.gallery.version) == (names, gallery.version)
    for person in gallery.people:
        np.testing.assert_allclose(template(reading.gallery, person), template(gallery, person), atol=1e-6)


# Nearby


def test_who_is_near_is_found_after_every_change(ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    held, hers = enrolled(ada, 1, "review"), enrolled(grace, 2)
    everybody = Nearby("e")
    everybody.renew()
    mary = Person.objects.create(name="Mary")
    mine = enrolled(mary, 5)

    def person(seed: int) -> Any:
        everybody.renew()
        return everybody.person_nearest_to(near(unit_vector(seed), 0.2), within=0.31, own=mary.pk, but=mine.pk)

    def copy(seed: int) -> Any:
        everybody.renew()
        return everybody.copy_of_another(near(unit_vector(seed), 0.02), within=0.07, own=mary.pk)

    monkeypatch.setattr(nearby_module, "_everybody", None)  # from here on nobody may read everybody
    assert person(1) is None and person(2)[0] == grace.pk and person(5) is None
    assert copy(1)[0] == ada.pk and copy(2)[0] == grace.pk and copy(5) is None
    photo_decisions.confirm_photo(photo=held, by=None)
    assert person(1)[0] == ada.pk
    services.delete_photos(photos=[hers], by=None)
    assert person(2) is None and copy(2) is None
    services.retire_person(person=ada, by=None)
    assert person(1) is None and copy(1) is None
    services.restore_person(person=ada, by=None)
    assert person(1)[0] == ada.pk


def test_a_change_that_was_rolled_back_is_not_believed(ada: Person, grace: Person) -> None:
    enrolled(ada, 1)
    everybody = Nearby("e")
    with pytest.raises(RuntimeError), transaction.atomic():
        enrolled(grace, 2)
        everybody.renew()
        raise RuntimeError
    enrolled(ada, 3)
    everybody.renew()
    mary = Person.objects.create(name="Mary")
    assert everybody.copy_of_another(unit_vector(2), within=0.07, own=mary.pk) is None
    found = everybody.copy_of_another(unit_vector(3), within=0.07, own=mary.pk)
    assert found is not None and found[0] == ada.pk


def test_many_photos_are_searched_along_their_widest_axes(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby_module, "FEW", 40)
    everybody = Nearby("e")
    people = [Person.objects.create(name=f"P{n}") for n in range(60)]
    for number, person in enumerate(people):
        enrolled(person, 100 + number)
        everybody.renew()
    assert everybody._read_at >= 40
    for number, person in enumerate(people):
        found = everybody.person_nearest_to(near(unit_vector(100 + number), 0.3), within=0.31, own=ada.pk, but=uuid4())
        assert found is not None and found[0] == person.pk
