"""What somebody says about a sighting holds at once, and is kept with what was before."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection

from people.editing.merging import merge_people
from people.records.counter_example import CounterExample
from people.records.person import Person
from streams.correcting import corrections, telling
from streams.correcting.corrections import Correction, correct
from streams.errors import EditedMeanwhile, NoSuchPerson, NotSaid, PersonIsRetired, SightingIsGone
from streams.records.camera import Camera
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import StrangersKept
from tests.streams.correcting.conftest import NO_FACE, encoded, is_, is_not, machine, now
from tests.streams.limited import World, fresh
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db
PAGE = "/sightings/"


def test_it_is_somebody_else_and_the_machines_word_stays_beside_it(
    hall: Camera, ada: Person, grace: Person, operator: User
) -> None:
    sighting = encoded(hall, ada)
    edit = correct(sighting=sighting.pk, says=is_(grace), by=operator, page=PAGE)
    assert edit is not None
    assert (now(sighting), machine(sighting)) == (("match", grace), ("match", ada))
    assert (edit.kind, edit.who, edit.page, edit.person, edit.changed) == ("is", "operator", PAGE, grace.pk, 1)
    row = EditedSighting.objects.get()
    assert (row.edit, row.verdict, row.person, row.previous_edit) == (edit, "match", ada, None)


def test_it_is_not_who_it_was_taken_for(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada, verdict="review")
    correct(sighting=sighting.pk, says=is_not(ada), by=None, page=PAGE)
    assert (now(sighting), machine(sighting)) == (("unknown", None), ("review", ada))
    assert Sighting.objects.get().stranger_due


def test_it_is_no_face_and_no_strangers_either(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada)
    correct(sighting=sighting.pk, says=NO_FACE, by=None, page=PAGE)
    row = Sighting.objects.get(pk=sighting.pk)
    assert (now(sighting), row.is_no_face, row.stranger_due) == (("unknown", None), True, False)


def test_a_suggestion_that_is_right_is_confirmed(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada, verdict="review")
    edit = correct(sighting=sighting.pk, says=is_(ada), by=None, page=PAGE)
    assert edit is not None and edit.kind == "confirm"
    assert (now(sighting), machine(sighting)) == (("match", ada), ("review", ada))
    assert not CounterExample.objects.exists()


@pytest.mark.parametrize("kept", [StrangersKept.NUMBERS, StrangersKept.NOTHING])
def test_no_stranger_is_looked_for_where_nothing_is_kept_of_them(hall: Camera, ada: Person, kept: str) -> None:
    Camera.objects.update(strangers=kept)
    correct(sighting=encoded(hall, ada).pk, says=is_not(ada), by=None, page=PAGE)
    assert not Sighting.objects.get().stranger_due


def test_whoever_was_named_wrongly_gets_a_counter_example(hall: Camera, ada: Person, grace: Person) -> None:
    for says in (is_(grace), is_not(ada), NO_FACE):
        sighting = encoded(hall, ada)
        correct(sighting=sighting.pk, says=says, by=None, page=PAGE)
        made = CounterExample.objects.get(sighting_id=sighting.pk)
        assert (made.person, made.engine, made.who) == (ada, "engine", "the system")


def test_without_an_encoding_it_holds_and_teaches_nothing(hall: Camera, ada: Person) -> None:
    edit = correct(sighting=seen(hall, ada).pk, says=is_not(ada), by=None, page=PAGE)
    assert edit is not None and edit.detail == {"not": []}
    assert not CounterExample.objects.exists()


def test_whoever_it_is_after_all_loses_the_counter_example(hall: Camera, ada: Person) -> None:
    sighting = encoded(hall, ada)
    correct(sighting=sighting.pk, says=is_not(ada), by=None, page=PAGE)
    correct(sighting=sighting.pk, says=is_(ada), by=None, page=PAGE)
    assert (now(sighting), machine(sighting)) == (("match", ada), ("match", ada))
    assert not CounterExample.objects.exists()


def test_to_say_it_again_changes_nothing(hall: Camera, ada: Person, grace: Person) -> None:
    for says in (is_(grace), is_not(ada), NO_FACE):
        sighting = encoded(hall, ada)
        assert correct(sighting=sighting.pk, says=says, by=None, page=PAGE) is not None
        assert correct(sighting=sighting.pk, says=says, by=None, page=PAGE, seen=None) is None
    assert IdentityEdit.objects.count() == 3


def test_whoever_looked_before_another_corrected_is_told_so(
    hall: Camera, ada: Person, grace: Person, operator: User
) -> None:
    sighting = encoded(hall, ada)
    edit = correct(sighting=sighting.pk, says=is_(grace), by=operator, page=PAGE, seen=None)
    assert edit is not None
    with pytest.raises(EditedMeanwhile, match="corrected by operator: Grace"):
        correct(sighting=sighting.pk, says=NO_FACE, by=None, page=PAGE, seen=None)
    assert now(sighting) == ("match", grace)
    assert correct(sighting=sighting.pk, says=NO_FACE, by=None, page=PAGE, seen=edit.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_refused_and_nothing_is_half_done(
    hall: Camera, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sighting, both, refused = encoded(hall, ada), threading.Barrier(2, timeout=20), []
    checked = corrections.check

    def meet(*args: object) -> None:
        both.wait()  # both have read the sighting
        checked(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(corrections, "check", meet)

    def say(says: Correction) -> None:
        try:
            correct(sighting=sighting.pk, says=says, by=None, page=PAGE, seen=None)
        except EditedMeanwhile as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(says,)) for says in (is_(grace), NO_FACE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1 and "Nothing was changed" in refused[0]
    assert IdentityEdit.objects.count() == EditedSighting.objects.count() == 1
    assert Sighting.objects.get().edit == IdentityEdit.objects.get()


def test_a_camera_that_says_something_else_meanwhile_is_not_overruled_unseen(
    hall: Camera, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sighting, held = encoded(hall, ada), corrections.hold_unchanged

    def hold(before: Sighting) -> None:
        Sighting.objects.update(verdict="unknown", person=None)
        held(before)

    monkeypatch.setattr(corrections, "hold_unchanged", hold)
    with pytest.raises(EditedMeanwhile, match="the camera says: unknown"):
        correct(sighting=sighting.pk, says=is_not(ada), by=None, page=PAGE)


def test_nobody_is_made_of_somebody_retired_deleted_or_hidden(viewer: User) -> None:
    world = World.made()
    world.limit_people(viewer)
    mine = world.sightings["hall ada"]
    retired = Person.objects.create(name="Grace", retired_at="2026-01-01T00:00Z")
    with pytest.raises(PersonIsRetired, match="Grace is retired"):
        correct(sighting=mine.pk, says=is_(retired), by=None, page=PAGE)
    for person in (Person(pk=uuid4()), world.bob):
        with pytest.raises(NoSuchPerson, match="There is no such person"):
            correct(sighting=mine.pk, says=is_(person), by=fresh(viewer), page=PAGE)
    assert not IdentityEdit.objects.exists()


def test_an_old_id_of_a_merged_person_leads_to_who_was_kept(hall: Camera, ada: Person, grace: Person) -> None:
    sighting, old = seen(hall), Person(pk=grace.pk)
    merge_people(keep=ada, merge=grace, by=None)
    correct(sighting=sighting.pk, says=is_(old), by=None, page=PAGE)
    assert now(sighting) == ("match", ada)


def test_only_whom_it_names_can_be_rejected(hall: Camera, ada: Person, grace: Person) -> None:
    for sighting in (seen(hall, grace), seen(hall)):
        with pytest.raises(NotSaid):
            correct(sighting=sighting.pk, says=is_not(ada), by=None, page=PAGE)


def test_what_one_may_not_see_one_cannot_correct(viewer: User) -> None:
    world = World.made()
    world.limit_cameras(viewer)
    with pytest.raises(SightingIsGone):
        correct(sighting=world.sightings["vault ada"].pk, says=NO_FACE, by=fresh(viewer), page=PAGE)


@pytest.mark.django_db(transaction=True)
def test_it_holds_also_when_nobody_can_be_told(
    hall: Camera, ada: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*said: object) -> None:
        raise RuntimeError("no channel layer")

    monkeypatch.setattr(telling, "_event", fail)
    sighting = encoded(hall, ada)
    correct(sighting=sighting.pk, says=NO_FACE, by=None, page=PAGE)
    assert now(sighting) == ("unknown", None) and "viewers were not told of 1" in caplog.text
