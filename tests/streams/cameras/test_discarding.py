"""Where strangers are discarded at once, no row, picture or encoding of an unmatched face is ever written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from people.recognition.types import Verdict
from people.records.counter_example import CounterExample
from people.records.person import Person
from streams.cameras.services import close_open_sightings, save_camera
from streams.correcting.corrections import Correction, correct
from streams.correcting.undoing import undo
from streams.errors import CannotUndo
from streams.pipeline.messages import SightingChange
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.discarded import DiscardedSighting
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import EditKind, RuleKind, StrangersKept
from streams.records.stranger import Stranger
from streams.running.footage import keep_footage
from streams.running.said import read_said
from streams.strangers.joiner import join_due
from tests.api import client_of
from tests.streams.alerting_rows import a_rule
from tests.streams.pages.rows import a_sighting
from tests.streams.running.test_strangers import kept, named, record, stranger
from tests.streams.said import encoding, footage, new_detection, sighting_change

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]
NOTHING = (0, 0, 0, 0)


@pytest.fixture
def door(hall: Camera) -> Camera:
    """Discards strangers at once."""
    Camera.objects.update(strangers=StrangersKept.DISCARDED)
    hall.refresh_from_db()
    return hall


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


def likely(person: Person, sighting: Any) -> SightingChange:
    look = new_detection(verdict=Verdict.REVIEW, person=str(person.pk))
    fields = {"verdict": Verdict.REVIEW, "person": str(person.pk), "distance": 0.5}
    return sighting_change(id=sighting, detections=(look,), encoding=encoding(), **fields)


def switch(camera: Camera, strangers: StrangersKept) -> None:
    camera.strangers = strangers
    save_camera(camera=camera)


def test_of_a_stranger_nothing_is_written_and_nobody_is_told(door: Camera) -> None:
    told = record(door, stranger(), stranger(ended=True))
    assert (kept(), told) == (NOTHING, [])
    assert not DiscardedSighting.objects.exists()


def test_somebody_who_is_only_likely_is_a_stranger_too(door: Camera, ada: Person) -> None:
    told = record(door, likely(ada, uuid4()), replace(likely(ada, uuid4()), ended=True))
    assert (kept(), told) == (NOTHING, [])


def test_who_becomes_certain_is_written_from_then_on(door: Camera, ada: Person) -> None:
    first = stranger()
    record(door, first, likely(ada, first.id), named(ada, first.id))
    assert kept() == (1, 1, 1, 1)
    assert Detection.objects.get().verdict == "match"


def test_looks_that_waited_with_the_change_and_were_of_a_stranger_are_left_out(door: Camera, ada: Person) -> None:
    """The queue joins what waits, so looks of before come with the change that names somebody."""
    change = named(ada, uuid4())
    record(door, replace(change, detections=(new_detection(), *change.detections)))
    assert kept() == (1, 1, 1, 1)


def test_who_is_certain_no_more_goes_with_everything(door: Camera, ada: Person) -> None:
    change = named(ada, uuid4())
    told = record(door, change, stranger(id=change.id))
    assert kept() == NOTHING
    assert told[-1]["type"] == "sighting.gone"


def test_what_somebody_said_of_the_sighting_does_not_keep_a_stranger(door: Camera, ada: Person) -> None:
    change = named(ada, uuid4())
    record(door, change)
    correct(sighting=change.id, says=Correction(EditKind.IS, ada.pk), by=None, page="/")
    record(door, stranger(id=change.id))
    assert kept()[0] == 1  # somebody has said that it is Ada: that is certain
    ada.delete()
    record(door, stranger(id=change.id, ended=True))
    assert kept()[:3] == (0, 0, 0)  # the daily sweep deletes pictures of people who were deleted


@pytest.mark.parametrize("says", [EditKind.IS_NOT, EditKind.NO_FACE])
def test_who_is_corrected_to_a_stranger_goes_at_once_and_does_not_come_back(
    door: Camera, ada: Person, says: EditKind
) -> None:
    change = named(ada, uuid4())
    record(door, change)
    whom = ada.pk if says == EditKind.IS_NOT else None
    edit = correct(sighting=change.id, says=Correction(says, whom), by=None, page="/")
    assert kept() == NOTHING
    assert not CounterExample.objects.exists()  # an encoding of a stranger
    record(
        door, named(ada, change.id), replace(named(ada, change.id), ended=True)
    )  # the camera still takes them for Ada
    assert kept() == NOTHING
    assert edit is not None
    with pytest.raises(CannotUndo, match="discards strangers at once"):
        undo(edit=edit, by=None, page="/")


def test_the_wrong_name_leaves_the_live_picture(door: Camera, ada: Person) -> None:
    change, other = named(ada, uuid4()), named(ada, uuid4())
    record(door, change, other)
    correct(sighting=change.id, says=Correction(EditKind.IS_NOT, ada.pk), by=None, page="/")
    correct(sighting=other.id, says=Correction(EditKind.NO_FACE), by=None, page="/")
    said = read_said([door.pk])[door.pk].said
    assert (said[change.id].verdict, said[change.id].name, said[change.id].is_said) == (Verdict.UNKNOWN, "", True)
    assert said[other.id].verdict is None


def test_who_is_corrected_to_somebody_else_is_known_and_stays(door: Camera, ada: Person) -> None:
    change, bob = named(ada, uuid4()), Person.objects.create(name="Bob")
    record(door, change)
    edit = correct(sighting=change.id, says=Correction(EditKind.IS, bob.pk), by=None, page="/")
    assert edit and kept() == (1, 1, 1, 1)
    undo(edit=edit, by=None, page="/")
    assert Sighting.objects.get().person == ada


def test_a_worker_that_is_killed_leaves_nothing_of_strangers(hall: Camera, ada: Person) -> None:
    """Somebody stood there when it was switched on, and no child continues the sighting."""
    record(hall, stranger(), likely(ada, uuid4()), named(ada, uuid4()))
    Camera.objects.update(strangers=StrangersKept.DISCARDED)
    close_open_sightings(camera_id=hall.pk)
    assert kept() == (1, 1, 1, 1)
    assert Sighting.objects.get().verdict == "match"


def test_switched_on_while_a_stranger_stands_there_takes_what_was_written_of_this_stay(hall: Camera) -> None:
    before = stranger(ended=True)
    standing = stranger()
    record(hall, before, standing)
    switch(hall, StrangersKept.DISCARDED)
    assert list(Sighting.objects.values_list("pk", flat=True)) == [before.id]  # its days are the schedule's
    record(hall, replace(standing, detections=(new_detection(),)), replace(standing, ended=True))
    assert list(Sighting.objects.values_list("pk", flat=True)) == [before.id]


def test_switched_off_while_a_stranger_stands_there_writes_from_then_on(door: Camera) -> None:
    standing = stranger()
    record(door, standing)
    switch(door, StrangersKept.PICTURES)
    record(door, replace(standing, detections=(new_detection(),)))
    assert kept() == (1, 1, 1, 1)


def test_a_sighting_that_was_read_as_allowed_a_moment_ago_is_refused_by_the_database(door: Camera) -> None:
    with pytest.raises(IntegrityError, match="discards strangers at once"):
        a_sighting(door)


def test_the_writer_and_the_switch_wait_for_each_other(hall: Camera) -> None:
    with transaction.atomic():
        a_sighting(hall)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'streams_camera'::regclass AND mode LIKE %s",
                ["RowShare%"],
            )
            assert cursor.fetchone()[0]


@pytest.mark.parametrize("verdict", ["unknown", "review"])
def test_no_picture_and_no_encoding_can_be_hung_on_one_that_was_there_before(
    hall: Camera, ada: Person, verdict: str
) -> None:
    old = a_sighting(hall, person=ada if verdict == "review" else None, verdict=verdict)
    Camera.objects.update(strangers=StrangersKept.DISCARDED)
    row = {"captured_at": old.first_seen_at, "box": [1, 2, 3, 4], "frame_width_px": 9, "frame_height_px": 9}
    with pytest.raises(IntegrityError, match="discards strangers at once"):
        Detection.objects.create(
            id=uuid4(), sighting=old, score=1, quality=1, verdict="unknown", gallery_version=1, **row
        )
    with pytest.raises(IntegrityError, match="discards strangers at once"):
        SightingEncoding.objects.create(sighting=old, engine="e", vector=[0.0] * 128, quality=0.5)


def test_no_whole_frame_and_no_clip_is_kept_of_anybody(door: Camera, ada: Person) -> None:
    """They show everybody who was there."""
    change = named(ada, uuid4())
    record(door, change)
    assert not keep_footage(camera_id=door.pk, footage=footage(change))
    assert not default_storage.exists("sighting-frames")


def test_no_stranger_is_made_and_none_is_joined(hall: Camera) -> None:
    change = stranger()
    record(hall, change, replace(change, ended=True))
    Sighting.objects.update(stranger_due=False)
    Camera.objects.update(strangers=StrangersKept.DISCARDED)
    close_open_sightings(camera_id=hall.pk)
    join_due()
    assert not Stranger.objects.exists()


def test_no_alert_about_somebody_unknown_can_be(door: Camera, ada: Person) -> None:
    for kind in (RuleKind.UNKNOWN, RuleKind.TO_REVIEW):
        a_rule(kind=kind, name=kind)
    record(door, stranger(), stranger(ended=True), likely(ada, uuid4()))
    assert not Alert.objects.exists()


def test_the_pages_say_so(door: Camera, operator: User, client: Client) -> None:
    client.force_login(operator)
    assert "nothing of them is written down" in client.get("/cameras/hall/").content.decode()
    page = client.get("/rules/new/").content.decode()
    assert "No alert about somebody unknown comes from Hall" in page


def test_correcting_over_pages_and_api_leads_on_although_nothing_is_left(
    door: Camera, ada: Person, operator: User, client: Client
) -> None:
    first, second = named(ada, uuid4()), named(ada, uuid4())
    record(door, first, second)
    client.force_login(operator)
    answer = client.post(f"/sightings/{first.id}/correct/", {"is_not": str(ada.pk)}, follow=True)
    assert answer.redirect_chain == [("/sightings/", 302)]
    assert "nothing of it is kept any more" in answer.content.decode()
    said = client_of(operator).post(f"/api/v1/sightings/{second.id}/correct/", {"no_face": True}, format="json")
    assert said.status_code == 204
    assert client.get("/edits/").status_code == 200
    assert IdentityEdit.objects.count() == 2 and kept() == NOTHING
