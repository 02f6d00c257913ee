"""Cameras are deleted alone, or with everything that they saw."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.records.groups import PersonGroup, PersonLimit
from streams.cameras import deleting
from streams.cameras.deleting import Seen, delete_camera
from streams.correcting.corrections import Correction, correct
from streams.errors import HasSightings
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import EditedSighting
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding, keep_encoding
from streams.records.states import EditKind
from tests.streams.alerting_rows import an_alert
from tests.streams.pages.rows import a_camera, a_detection, a_sighting
from tests.streams.said import encoding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def seen_by(camera: Camera, number: int = 3) -> None:
    for _ in range(number):
        sighting = a_sighting(camera)
        a_detection(sighting)
        keep_encoding(sighting=sighting, encoding=encoding())


def test_a_camera_with_sightings_is_not_deleted_and_says_how_many(db: None) -> None:
    hall = a_camera("Hall")
    seen_by(hall, 2)
    with pytest.raises(HasSightings, match="2 sightings with 2 pictures"):
        delete_camera(camera=hall, by=None)
    assert Camera.objects.exists()


def test_what_a_camera_saw_goes_with_it_and_nothing_else(
    operator: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    monkeypatch.setattr(deleting, "BATCH", 2)
    hall, yard = a_camera("Hall"), a_camera("Yard")
    seen_by(hall), seen_by(yard, 1)
    doomed = list(Detection.objects.filter(sighting__camera=hall).values_list("snapshot", flat=True))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        delete_camera(camera=hall, by=operator, with_sightings=True)
    assert list(Camera.objects.all()) == [yard]
    assert (Sighting.objects.count(), Detection.objects.count(), SightingEncoding.objects.count()) == (1, 1, 1)
    assert not any(default_storage.exists(name) for name in doomed)
    assert default_storage.exists(Detection.objects.get().snapshot.name)
    assert LogEntry.objects.get().change_message == "Deleted, with 3 sightings with 3 pictures."


def test_nothing_that_refers_to_a_sighting_keeps_its_camera_from_being_deleted(operator: User) -> None:
    hall = a_camera("Hall")
    seen_by(hall, 1)
    sighting = Sighting.objects.get()
    correct(sighting=sighting.pk, says=Correction(EditKind.NO_FACE), by=operator, page="/")
    alert = an_alert(camera=hall, sighting=sighting)
    referring = {each.related_model for each in Sighting._meta.related_objects}
    assert referring == {Alert, Detection, EditedSighting, SightingEncoding}
    delete_camera(camera=hall, by=operator, with_sightings=True)
    connection.check_constraints()
    assert not Sighting.objects.exists()
    alert.refresh_from_db()
    assert (alert.camera, alert.sighting, alert.camera_name) == (None, None, "Hall")


def test_somebody_limited_to_some_people_deletes_no_sightings_of_others_and_learns_no_number(operator: User) -> None:
    limited = User.objects.create_user("limited")
    PersonLimit.objects.create(group=PersonGroup.objects.create(name="Staff"), user=limited)
    hall = a_camera("Hall")
    seen_by(hall)
    with pytest.raises(HasSightings, match=r"^It has sightings: switch it off instead\.$"):
        delete_camera(camera=hall, by=limited, with_sightings=True)


def test_more_sightings_take_no_more_statements(operator: User) -> None:
    few, many = a_camera("Few"), a_camera("Many")
    seen_by(few, 1), seen_by(many, 9)
    asked = []
    for camera in (few, many):
        with CaptureQueriesContext(connection) as queries:
            delete_camera(camera=camera, by=operator, with_sightings=True)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_it_is_said_in_words() -> None:
    assert str(Seen(1, 0)) == "1 sighting with 0 pictures"
    assert str(Seen(12_345, 1)) == "12,345 sightings with 1 picture"


def test_more_than_a_page_can_wait_for_is_left_to_the_command(
    operator: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = a_camera("Hall")
    seen_by(hall, 3)
    with pytest.raises(HasSightings, match=r"manage\.py delete_camera hall --with-sightings"):
        delete_camera(camera=hall, by=operator, with_sightings=True, at_most=2)
    with pytest.raises(CommandError, match="3 sightings with 3 pictures"):
        call_command("delete_camera", "hall")
    with pytest.raises(CommandError, match="no camera nowhere"):
        call_command("delete_camera", "nowhere")
    monkeypatch.setattr(deleting, "MOST_IN_A_REQUEST", 2)
    call_command("delete_camera", "hall", with_sightings=True)
    assert capsys.readouterr().out == "Deleted Hall with 3 sightings with 3 pictures.\n"
    assert not Camera.objects.exists() and not Sighting.objects.exists()
