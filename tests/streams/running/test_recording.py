"""A sighting as it is written: with its evidence, and the same when it is written twice."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from people.editing.merging import merge_people
from people.recognition.types import Verdict
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.errors import CameraIsGone
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.running.recording import Recorded, record_sighting
from tests.streams.said import NOON, encoding, new_detection, sighting_change


def record(camera: Camera, change: SightingChange, **snapshots: str) -> Recorded:
    named = {item.id: f"snapshots/{item.id}.jpg" for item in change.detections}
    recorded = record_sighting(camera_id=camera.pk, change=change, snapshots=named)
    assert isinstance(recorded, Recorded)
    return recorded


@pytest.fixture
def ann(db: None) -> Person:
    return Person.objects.create(name="Ann")


def known(person: Person) -> SightingChange:
    seen = new_detection(verdict=Verdict.MATCH, person=str(person.pk), distance=0.3)
    return sighting_change(verdict=Verdict.MATCH, person=str(person.pk), distance=0.3, detections=(seen,))


def test_a_sighting_is_recorded_with_its_evidence(hall: Camera, ann: Person) -> None:
    change = known(ann)
    recorded = record(hall, change)
    sighting = Sighting.objects.get()
    assert (sighting.person, sighting.verdict, sighting.ended_at) == (ann, "match", None)
    assert Detection.objects.get().snapshot.name == f"snapshots/{change.detections[0].id}.jpg"
    assert (recorded.change, recorded.snapshot) == ("started", change.detections[0].id)


def test_recording_twice_changes_nothing(hall: Camera, ann: Person) -> None:
    change = known(ann)
    record(hall, change)
    before = Sighting.objects.values().get(), Detection.objects.values().get()
    record(hall, change)
    assert (Sighting.objects.values().get(), Detection.objects.values().get()) == before


def test_what_a_camera_reports_names_nobody_who_left_although_somebody_said_it(hall: Camera, ann: Person) -> None:
    change = sighting_change(verdict=Verdict.UNKNOWN)
    record(hall, change)
    correct(sighting=change.id, says=Correction(EditKind.IS, ann.pk), by=None, page="")
    assert record(hall, change).sighting.person == ann
    Person.objects.update(retired_at=NOON)
    told = record(hall, change).sighting
    assert (told.person, told.verdict) == (None, "unknown")
    assert record(hall, replace(change, ended=True)).sighting.person == ann  # over: what was said then


def test_the_last_word_is_the_truth(hall: Camera, ann: Person) -> None:
    change = sighting_change()
    record(hall, change)
    later = replace(known(ann), id=change.id, last_seen_at=NOON + timedelta(seconds=9))
    assert record(hall, later).change == "updated"
    assert record(hall, replace(later, ended=True)).change == "ended"
    sighting = Sighting.objects.get()
    assert (sighting.person, sighting.ended_at) == (ann, NOON + timedelta(seconds=9))


def test_a_sighting_that_ended_stays_ended(hall: Camera) -> None:
    change = sighting_change(ended=True)
    record(hall, change)
    record(hall, replace(change, ended=False, last_seen_at=NOON + timedelta(seconds=60)))
    assert Sighting.objects.get().ended_at == NOON + timedelta(seconds=60)


def test_somebody_deleted_meanwhile_is_recorded_as_unknown(hall: Camera, ann: Person) -> None:
    change = known(ann)
    ann.delete()
    recorded = record(hall, change)
    assert (recorded.sighting.verdict, recorded.sighting.person) == ("unknown", None)
    assert Detection.objects.get().verdict == "unknown"


def test_somebody_merged_meanwhile_is_recorded_as_the_kept_person(hall: Camera, ann: Person) -> None:
    change = known(ann)
    kept = Person.objects.create(name="Anna")
    merge_people(keep=kept, merge=ann, by=None)
    recorded = record(hall, change)
    assert (recorded.sighting.verdict, recorded.sighting.person) == ("match", kept)
    assert (Detection.objects.get().verdict, Detection.objects.get().person) == ("match", kept)


@pytest.mark.django_db(transaction=True)
def test_a_sighting_that_is_written_while_its_person_is_merged_is_neither_lost_nor_stops_the_merge(
    hall: Camera, ann: Person
) -> None:
    """The recorder holds the sighting and asks for the person at its commit; a merge that held the person first and
    then asked for the sighting would wait for ever."""
    change = known(ann)
    record(hall, change)
    kept = Person.objects.create(name="Anna")
    merged: list[object] = []

    def merge() -> None:
        try:
            merged.append(merge_people(keep=kept, merge=ann, by=None))
        finally:
            connection.close()

    thread = threading.Thread(target=merge)
    with transaction.atomic():
        record(hall, replace(change, last_seen_at=NOON + timedelta(seconds=9), detections=known(ann).detections))
        thread.start()
        thread.join(timeout=0.7)
        assert not merged  # it waits for the sighting
    thread.join(timeout=20)
    assert merged == [kept]
    assert Sighting.objects.get().person == kept
    assert {each.person for each in Detection.objects.all()} == {kept} and Detection.objects.count() == 2


def test_an_id_that_never_existed_is_recorded_as_unknown(hall: Camera) -> None:
    record(hall, sighting_change(verdict=Verdict.REVIEW, person=str(uuid4())))
    assert Sighting.objects.get().verdict == "unknown"


def test_a_deleted_camera_says_so(hall: Camera) -> None:
    hall.delete()
    with pytest.raises(CameraIsGone):
        record_sighting(camera_id=123456, change=sighting_change(), snapshots={})


def test_the_infinite_distance_of_an_empty_gallery_is_no_number(hall: Camera) -> None:
    record(
        hall,
        sighting_change(distance=float("inf"), margin=float("inf"), detections=(new_detection(distance=float("inf")),)),
    )
    assert Sighting.objects.get().distance is None
    assert Detection.objects.get().distance is None


def test_clocks_that_run_backwards_break_no_constraint(hall: Camera) -> None:
    record(hall, sighting_change(first_seen_at=NOON, last_seen_at=NOON - timedelta(seconds=1)))
    assert Sighting.objects.get().last_seen_at == NOON


def test_recording_takes_a_constant_number_of_queries(hall: Camera, ann: Person) -> None:
    counts = []
    for number in (1, 5):
        change = replace(known(ann), detections=tuple(new_detection() for _ in range(number)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record(hall, change)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_an_unknown_face_that_is_gone_wants_a_stranger(hall: Camera) -> None:
    change = sighting_change(encoding=encoding())
    record(hall, change)
    assert not Sighting.objects.get().stranger_due
    record(hall, replace(change, ended=True))
    assert Sighting.objects.get().stranger_due


def test_a_face_without_an_encoding_wants_no_stranger(hall: Camera) -> None:
    record(hall, sighting_change(ended=True))
    assert not Sighting.objects.get().stranger_due


def test_a_known_face_wants_no_stranger(hall: Camera, ann: Person) -> None:
    record(hall, replace(known(ann), encoding=encoding(), ended=True))
    assert not Sighting.objects.get().stranger_due


def test_of_an_open_sighting_that_somebody_corrected_times_go_on_and_the_machines_word_stands_beside_it(
    hall: Camera, ann: Person
) -> None:
    change, grace = known(ann), Person.objects.create(name="Grace")
    record(hall, change)
    edit = correct(sighting=change.id, says=Correction(EditKind.IS, grace.pk), by=None, page="/sightings/")
    later = replace(change, last_seen_at=NOON + timedelta(seconds=9), ended=True, verdict=Verdict.UNKNOWN, person=None)
    recorded = record(hall, later)
    sighting = Sighting.objects.get()
    assert (sighting.verdict, sighting.person, sighting.edit) == ("match", grace, edit)
    assert (sighting.machine_verdict, sighting.machine_person) == ("unknown", None)
    assert sighting.ended_at == NOON + timedelta(seconds=9)
    assert recorded.sighting.person == grace and recorded.snapshot == change.detections[0].id


def test_of_strangers_of_whom_nothing_is_kept_an_edited_sighting_stays(hall: Camera, ann: Person) -> None:
    Camera.objects.update(strangers="nothing")
    change = known(ann)
    record(hall, change)
    correct(sighting=change.id, says=Correction(EditKind.IS_NOT, ann.pk), by=None, page="/sightings/")
    record(hall, replace(change, verdict=Verdict.UNKNOWN, person=None, detections=(), ended=True))
    assert Sighting.objects.get().ended_at is not None and Detection.objects.exists()
