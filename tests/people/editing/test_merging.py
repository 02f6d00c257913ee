"""Two records of one person become one: nothing is lost, nothing is there twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.editing.merging import merge_people
from people.enrolling.enrolment import claim_photo, fail_attempt
from people.errors import ClaimLost, SamePerson, WrongState
from people.gallery.stored import current_version, load_gallery
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.groups import PersonGroup
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.people.conftest import unit_vector
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def enrolled(photo: Photo, seed: int) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(seed), quality=0.9)
    return photo


def held(photo: Photo, looks_like: Person) -> Photo:
    detail = {"person": str(looks_like.pk), "distance": 0.2}
    Photo.objects.filter(pk=photo.pk).update(state="review", reason="looks_like_other", reason_detail=detail)
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(7), quality=0.9)
    return photo


def test_everything_of_the_merged_person_is_the_kept_ones(ada: Person, grace: Person, add: Add) -> None:
    photo = enrolled(add(grace), 1)
    sighting = a_sighting(a_camera("Door"), grace)
    detection = a_detection(sighting, person=grace)
    Watchlist.objects.create(name="Guests").people.add(grace)
    both = Watchlist.objects.create(name="Staff")
    both.people.add(ada, grace)
    PersonGroup.objects.create(name="North").people.add(grace)
    merge_people(keep=ada, merge=grace, by=None)
    for row in (photo, sighting, detection):
        row.refresh_from_db()
        assert row.person == ada
    assert {each.name for each in ada.watchlists.all()} == {"Guests", "Staff"}
    assert both.people.get() == ada
    assert ada.groups.get().name == "North"
    assert list(Person.objects.all()) == [ada]


def test_no_table_that_refers_to_a_person_is_forgotten(ada: Person, grace: Person, add: Add) -> None:
    """Filled in by hand, so that whoever adds a table has to think of it here."""
    fields = Person._meta.get_fields(include_hidden=True)
    tables = {
        field.related_model._meta.label
        for field in fields
        if field.is_relation and field.auto_created and not field.many_to_many
    }
    assert tables == {
        "people.CounterExample",
        "people.Photo",
        "people.Basis",
        "people.EnrolmentLink",
        "people.MergedPerson",
        "people.PersonMerge",
        "people.ImportEntry",
        "people.Suspension",
        "people.Watchlist_people",
        "people.PersonGroup_people",
        "streams.Sighting",
        "streams.Detection",
        "streams.EditedSighting",
        "streams.VideoSighting",
        "streams.Stranger",
        "streams.Rule",
        "streams.Alert",
        "streams.AccessRequest",
        "streams.LastSeen",
    }
    assert apps.is_installed("streams")


def test_the_template_becomes_that_of_both_and_the_gallery_rises(ada: Person, grace: Person, add: Add) -> None:
    enrolled(add(ada, 1), 1)
    enrolled(add(grace, 2), 2)
    before = current_version()
    merge_people(keep=ada, merge=grace, by=None)
    assert current_version() > before
    gallery, names = load_gallery("e")
    assert names == {str(ada.pk): "Ada Lovelace"}
    mean = unit_vector(1) + unit_vector(2)
    assert gallery.identify(mean / (mean @ mean) ** 0.5).distance < 0.001


@pytest.mark.parametrize(
    ("ours", "theirs"), [("rejected", "enrolled"), ("enrolled", "rejected"), ("review", "pending")]
)
@pytest.mark.django_db(transaction=True)
def test_of_one_file_that_both_have_the_better_photo_is_kept_with_its_encoding(
    ada: Person, grace: Person, add: Add, media: Path, ours: str, theirs: str
) -> None:
    photos = {ours: add(ada), theirs: add(grace)}
    for state, photo in photos.items():
        Photo.objects.filter(pk=photo.pk).update(state=state, reason="" if state in ("enrolled", "pending") else "x")
        Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    merge_people(keep=ada, merge=grace, by=None)
    better = photos["enrolled" if "enrolled" in photos else "review"]
    assert ada.photos.get() == better
    assert Encoding.objects.get().photo == better
    assert [str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()] == [better.image.name]


def test_a_photo_that_was_held_because_they_look_alike_is_read_again(ada: Person, grace: Person, add: Add) -> None:
    theirs, ours = held(add(grace, 1), ada), held(add(ada, 2), grace)
    others = held(add(Person.objects.create(name="Mary"), 3), grace)
    merge_people(keep=ada, merge=grace, by=None)
    assert set(Photo.objects.due()) == {theirs, ours}
    assert Encoding.objects.get().photo == others
    others.refresh_from_db()
    assert (others.state, others.reason_detail["person"]) == ("review", str(ada.pk))


def test_a_photo_that_is_being_read_is_read_anew_as_the_kept_ones(ada: Person, grace: Person, add: Add) -> None:
    add(grace)
    claim = claim_photo("worker")
    assert claim is not None
    merge_people(keep=ada, merge=grace, by=None)
    with pytest.raises(ClaimLost):
        fail_attempt(claim)
    again = claim_photo("worker")
    assert again is not None and (again.photo.person, again.photo.attempts) == (ada, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "after"),
    [
        (("A-1", "a"), ("G-1", "b"), ("A-1", "a\n\nb")),
        ((None, ""), ("G-1", "b"), ("G-1", "b")),
        (("A-1", "same"), (None, "same"), ("A-1", "same")),
    ],
)
def test_the_kept_ones_id_wins_and_notes_are_joined(
    ada: Person, grace: Person, ours: tuple[Any, str], theirs: tuple[Any, str], after: tuple[Any, str]
) -> None:
    for person, (external_id, notes) in ((ada, ours), (grace, theirs)):
        Person.objects.filter(pk=person.pk).update(external_id=external_id, notes=notes)
    kept = merge_people(keep=ada, merge=grace, by=None)
    assert (kept.external_id, kept.notes, kept.name) == (*after, "Ada Lovelace")


def test_both_are_told_of_with_counts(ada: Person, grace: Person, add: Add, operator: User) -> None:
    """The kept one's history without sightings: whoever may read it may not see every camera."""
    add(grace, 1)
    add(grace, 2)
    a_detection(a_sighting(a_camera("Door"), grace), person=grace)
    merge_people(keep=ada, merge=grace, by=operator)
    said = list(LogEntry.objects.order_by("pk").values_list("object_id", "action_flag", "change_message"))
    assert said == [
        (str(grace.pk), 3, "Merged into “Ada Lovelace”: 2 photos, 1 detection, 1 sighting."),
        (str(ada.pk), 2, "Merged with “Grace Hopper”: 2 photos."),
    ]


def test_merging_again_changes_nothing(ada: Person, grace: Person, operator: User) -> None:
    merge_people(keep=ada, merge=grace, by=operator)
    version, entries = current_version(), LogEntry.objects.count()
    assert merge_people(keep=ada, merge=grace, by=operator) == ada
    assert (current_version(), LogEntry.objects.count()) == (version, entries)


def test_an_old_id_leads_to_whoever_was_kept_in_the_end(ada: Person, grace: Person) -> None:
    mary = Person.objects.create(name="Mary")
    merge_people(keep=grace, merge=mary, by=None)
    merge_people(keep=ada, merge=grace, by=None)
    lost = str(uuid4())
    known = Person.objects.known_as([str(mary.pk), str(grace.pk), str(ada.pk), lost])
    assert known == dict.fromkeys([str(mary.pk), str(grace.pk), str(ada.pk)], ada)
    ada.delete()
    assert not MergedPerson.objects.exists()


def test_nobody_is_merged_with_themselves_or_with_somebody_who_is_gone(ada: Person, grace: Person) -> None:
    with pytest.raises(SamePerson):
        merge_people(keep=ada, merge=Person.objects.get(pk=ada.pk), by=None)
    for keep, merge in ((ada, Person(pk=uuid4())), (Person(pk=uuid4()), ada)):
        with pytest.raises(WrongState):
            merge_people(keep=keep, merge=merge, by=None)
    assert Person.objects.count() == 2


def test_merging_takes_as_many_queries_for_much_as_for_little(ada: Person, grace: Person, add: Add) -> None:
    counts = []
    door = a_camera("Door")
    add(ada, 1)
    for number in (1, 6):
        other = Person.objects.create(name=f"Person {number}")
        for n in range(number):
            add(other, 10 * number + n)
            a_detection(a_sighting(door, other), person=other)
        with CaptureQueriesContext(connection) as captured:
            merge_people(keep=ada, merge=other, by=None)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_a_merge_that_fails_leaves_both(ada: Person, grace: Person, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = add(grace)

    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("people.editing.merging._read_again", broken)
    with pytest.raises(RuntimeError):
        merge_people(keep=ada, merge=grace, by=None)
    photo.refresh_from_db()
    assert photo.person == grace and not MergedPerson.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_opposite_merges_at_once_do_not_deadlock_and_leave_one(ada: Person, grace: Person, media: Path) -> None:
    for _ in range(5):
        outcomes: list[str] = []
        ready = threading.Barrier(2)

        def merge(keep: Person, merge: Person, outcomes: Any = outcomes, ready: Any = ready) -> None:
            ready.wait(timeout=10)
            try:
                merge_people(keep=keep, merge=merge, by=None)
                outcomes.append("merged")
            except WrongState:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=merge, args=pair) for pair in ((ada, grace), (grace, ada))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert sorted(outcomes) == ["merged", "refused"]
        [left] = Person.objects.all()
        ada, grace = left, Person.objects.create(name="Grace Hopper")


def not_(person: Person, sighting: Any) -> CounterExample:
    return CounterExample.objects.create(person=person, engine="e", vector=unit_vector(3), sighting_id=sighting)


def test_counter_examples_move_and_those_that_told_the_two_apart_go(
    ada: Person, grace: Person, operator: User, add: Add
) -> None:
    """One says that a face which is Grace's is not Ada, and the other way round: now they are one person."""
    door = a_camera("Door")
    strangers, of_grace, of_ada = a_sighting(door, None), a_sighting(door, grace), a_sighting(door, ada)
    kept = [not_(ada, strangers.pk), not_(grace, uuid4())]
    not_(grace, strangers.pk), not_(ada, of_grace.pk), not_(grace, of_ada.pk)
    merge_people(keep=ada, merge=grace, by=operator)
    assert set(CounterExample.objects.filter(person=ada)) == set(kept) == set(CounterExample.objects.all())
    words = LogEntry.objects.filter(object_id=str(ada.pk)).latest("pk").change_message
    assert words.endswith("Removed 2 counter-examples that told the two apart.")


def test_a_sighting_that_only_may_be_the_other_person_tells_nobody_apart(ada: Person, grace: Person) -> None:
    perhaps = a_sighting(a_camera("Door"), grace, verdict="review")
    not_(ada, perhaps.pk)
    merge_people(keep=ada, merge=grace, by=None)
    assert CounterExample.objects.get().person == ada
