"""Never match: the record stays, and no way of writing brings an encoding of the person back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from people.editing import photo_decisions, services
from people.editing.merging import merge_people
from people.editing.never_matching import allow_matching, never_match
from people.editing.person_services import save_person
from people.editing.separating import separate_people
from people.enrolling.enrolment import claim_photo, record_reading
from people.errors import BadUpload, ClaimLost, NeverMatched, OneIsNeverMatched
from people.gallery.reencoding import reencode_batch
from people.gallery.stored import load_gallery
from people.imports.by_path import person_named
from people.recognition.reading.face_encoding import FaceEncoding
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.reasons import sentence
from people.records.states import PhotoState
from tests.people.conftest import picture, unit_vector
from tests.people.enrolling.test_enrolment import good

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def enrolled(photo: Photo, seed: int) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    for engine, width in (("e", 128), ("another", 256)):
        Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(seed, width), quality=0.9)
    return photo


@pytest.fixture
def never(ada: Person, add: Add) -> Person:
    """Ada with two enrolled photos and one that waits, who is then never to be matched."""
    enrolled(add(ada, 1), 1), enrolled(add(ada, 2), 2), add(ada, 3)
    never_match(person=ada, by=None)
    return ada


def nothing_is_back(person: Person) -> None:
    assert not Encoding.objects.filter(photo__person=person).exists()
    assert {photo.state for photo in person.photos.all()} <= {PhotoState.REJECTED}
    assert claim_photo("worker") is None
    assert str(person.pk) not in load_gallery("e")[1]


def test_every_encoding_goes_and_no_photo_is_read(never: Person) -> None:
    assert never.is_never_matched and never.photos.count() == 3
    nothing_is_back(never)
    for photo in never.photos.all():
        assert "never to be recognised" in sentence(photo.reason)


def test_a_repeated_call_changes_nothing(never: Person) -> None:
    before = Person.objects.get(pk=never.pk).never_match_at
    never_match(person=never, by=None)
    assert never.never_match_at == before


def test_a_script_that_sets_the_column_does_the_same(ada: Person, add: Add) -> None:
    enrolled(add(ada, 1), 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET never_match_at = now() WHERE id = %s", [ada.pk])
    nothing_is_back(ada)


def test_a_worker_that_reads_a_photo_meanwhile_records_nothing(ada: Person, add: Add) -> None:
    add(ada, 1)
    claim = claim_photo("worker")
    assert claim is not None
    never_match(person=ada, by=None)
    with pytest.raises(ClaimLost):
        record_reading(claim, good(unit_vector(1)), "e")
    nothing_is_back(ada)


def test_no_encoding_can_be_written(never: Person) -> None:
    photo = never.photos.all()[0]
    row = Encoding(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    for write in (row.save, lambda: Encoding.objects.bulk_create([row])):
        with pytest.raises(IntegrityError, match="never matched"), transaction.atomic():
            write()


def test_no_encoding_can_be_turned_over(never: Person, grace: Person, add: Add) -> None:
    enrolled(add(grace, 7), 7)
    with pytest.raises(IntegrityError, match="never matched"), transaction.atomic():
        Encoding.objects.filter(engine="e").update(photo=never.photos.all()[0])


@pytest.mark.parametrize("state", ["pending", "working", "enrolled", "review", "choose"])
def test_no_photo_can_be_put_into_another_state(never: Person, state: str) -> None:
    Photo.objects.filter(person=never).update(state=state, reason="unlike_own")
    nothing_is_back(never)


def test_a_new_photo_is_refused_in_words(never: Person) -> None:
    with pytest.raises(BadUpload, match="never to be recognised") as refusal:
        services.add_photo(person=never, file=picture(9), original_name="9.jpg", by=None)
    assert refusal.value.code == "never_match" and never.photos.count() == 3


def test_an_import_by_the_name_finds_the_person_and_is_refused(never: Person) -> None:
    person, is_new = person_named("ADA LOVELACE", by=None)
    assert (person, is_new) == (never, False)
    with pytest.raises(BadUpload, match="never to be recognised"):
        services.add_photo(person=person, file=picture(9), original_name="9.jpg", by=None)


def test_a_photo_that_a_script_inserts_is_never_read(never: Person) -> None:
    Photo.objects.create(person=never, image="x", sha256=uuid4().hex)
    nothing_is_back(never)


def test_retry_and_choice_are_refused_in_words(never: Person) -> None:
    photo = never.photos.all()[0]
    for decide in (
        lambda: photo_decisions.retry_photo(photo=photo, by=None),
        lambda: photo_decisions.choose_face(photo=photo, index=0, by=None),
    ):
        with pytest.raises(NeverMatched, match="never to be recognised"):
            decide()
    nothing_is_back(never)


def test_nobodys_photo_moves_to_them(never: Person, grace: Person, add: Add) -> None:
    photo = enrolled(add(grace, 7), 7)
    Photo.objects.filter(pk=photo.pk).update(state="review", reason="unlike_own")
    with pytest.raises(NeverMatched):
        photo_decisions.move_photo(photo=photo, to=never, by=None)
    Photo.objects.filter(pk=photo.pk).update(person=never)  # a script
    nothing_is_back(never)


def test_re_encoding_for_another_engine_leaves_them_out(never: Person) -> None:
    assert reencode_batch(Reader()) == []
    nothing_is_back(never)


def test_retiring_and_restoring_brings_nothing_back(never: Person) -> None:
    services.retire_person(person=never, by=None)
    services.restore_person(person=never, by=None)
    nothing_is_back(never)


def test_whoever_edits_a_copy_from_before_takes_nothing_back(ada: Person) -> None:
    copy = Person.objects.get(pk=ada.pk)
    never_match(person=ada, by=None)
    services.retire_person(person=ada, by=None)
    copy.name = "Ada King"
    save_person(person=copy, by=None)
    ada.refresh_from_db()
    assert ada.name == "Ada King" and ada.is_never_matched and ada.is_retired
    assert copy.is_never_matched and copy.is_retired


def test_two_are_merged_only_if_the_same_is_said_of_both(never: Person, grace: Person) -> None:
    for keep, merge in ((never, grace), (grace, never)):
        with pytest.raises(OneIsNeverMatched, match="Say of both the same first"):
            merge_people(keep=keep, merge=merge, by=None)


def test_a_merge_and_its_undo_bring_nothing_back(never: Person, grace: Person, add: Add) -> None:
    enrolled(add(grace, 7), 7)
    never_match(person=grace, by=None)
    merge_people(keep=grace, merge=never, by=None)
    nothing_is_back(grace)
    person = separate_people(merge=PersonMerge.objects.get(), by=None)
    assert person.pk == never.pk and person.is_never_matched
    nothing_is_back(person), nothing_is_back(grace)


def test_what_was_said_of_two_while_they_were_one_holds_for_both(ada: Person, grace: Person, add: Add) -> None:
    enrolled(add(ada, 1), 1), enrolled(add(grace, 7), 7)
    merge_people(keep=grace, merge=ada, by=None)
    never_match(person=grace, by=None)
    person = separate_people(merge=PersonMerge.objects.get(), by=None)
    assert person.is_never_matched
    nothing_is_back(person), nothing_is_back(grace)


def test_whoever_takes_it_back_has_the_photos_read_anew(never: Person) -> None:
    allow_matching(person=never, by=None)
    assert not never.is_never_matched
    assert {photo.state for photo in never.photos.all()} == {PhotoState.PENDING}
    assert claim_photo("worker") is not None


def test_both_leave_an_entry(ada: Person, django_user_model: type[User]) -> None:
    officer = django_user_model.objects.create(username="officer")
    never_match(person=ada, by=officer)
    allow_matching(person=ada, by=officer)
    words = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert words[0].startswith("Never to be recognised") and words[1].startswith("May be recognised again")


@pytest.mark.django_db(transaction=True)
def test_an_encoding_written_at_the_same_moment_goes_too() -> None:
    """Its writer has not committed yet when the other one says never: one waits for the other."""
    person = Person.objects.create(name="Ada")
    photo = Photo.objects.create(person=person, image="x", sha256="a", state="enrolled")

    def say_never() -> None:
        never_match(person=person, by=None)
        connection.close()

    with transaction.atomic():
        Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
        other = threading.Thread(target=say_never)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    assert not Encoding.objects.exists() and Photo.objects.get().reason == "never_match"


class Reader:
    """Encodes whatever it is given."""

    engine = "yet another"

    def start(self) -> None: ...

    def encode(self, data: bytes, **_how: Any) -> FaceEncoding:
        raise AssertionError("no photo of them may be read")
