"""The live state over the API."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Permission, User
from django.utils import timezone
from rest_framework.test import APIClient

from people.gallery.stored import current_version
from people.records.person import Person
from streams.records.camera import Camera, CameraStatus
from streams.records.worker_presence import WorkerPresence
from tests.api import client_of, queries_of
from tests.streams.seen import seen

URL = "/api/v1/live/"


def runs(camera: Camera, *, gallery_version: int, state: str = "live") -> None:
    now = timezone.now()
    CameraStatus.objects.update_or_create(
        camera=camera,
        defaults={
            "state": state, "heartbeat_at": now, "last_frame_at": now, "fps_read": 25.0, "fps_analysed": 8.0,
            "gallery_version": gallery_version, "lease_holder": "w1", "lease_expires_at": now + timedelta(seconds=20),
        },
    )  # fmt: skip


def test_it_says_what_a_camera_does_and_who_is_in_sight(as_viewer: APIClient, camera: Camera) -> None:
    ada = Person.objects.create(name="Ada")
    runs(camera, gallery_version=current_version())
    gone = seen(camera, ada)
    gone.ended_at = gone.last_seen_at
    gone.save()
    here = seen(camera, ada)
    WorkerPresence.objects.create(holder="w1", capacity=8, expires_at=timezone.now() + timedelta(seconds=20))
    WorkerPresence.objects.create(holder="w0", capacity=4, expires_at=timezone.now() - timedelta(seconds=20))
    said = as_viewer.get(URL).json()
    assert said["workers"] == {"present": 1, "capacity_cameras": 8}
    [door] = said["cameras"]
    assert (door["slug"], door["state"], door["fps_analysed"], door["gallery_is_newest"]) == ("door", "live", 8.0, True)
    assert 0 <= door["frame_age_ms"] < 60_000
    assert [(sighting["id"], sighting["person"]["name"]) for sighting in door["in_sight"]] == [(str(here.pk), "Ada")]
    assert "source" not in door
    assert as_viewer.get(f"{URL}?camera=door").status_code == 400


def test_a_camera_that_has_not_got_the_newest_gallery_says_so(as_viewer: APIClient, camera: Camera) -> None:
    runs(camera, gallery_version=current_version() - 1)
    [door] = as_viewer.get(URL).json()["cameras"]
    assert door["gallery_version"] == current_version() - 1
    assert door["gallery_is_newest"] is False


def test_a_camera_that_is_not_live_sees_nobody(as_viewer: APIClient, camera: Camera) -> None:
    seen(camera)
    runs(camera, gallery_version=1, state="down")
    assert as_viewer.get(URL).json()["cameras"][0]["in_sight"] == []


def test_who_may_see_cameras_alone_is_not_told_who_is_there(camera: Camera, stranger: User) -> None:
    seen(camera)
    runs(camera, gallery_version=1)
    stranger.user_permissions.add(Permission.objects.get(codename="view_camera"))
    assert client_of(stranger).get(URL).json()["cameras"][0]["in_sight"] is None


def test_it_takes_as_many_queries_for_many_cameras(as_viewer: APIClient, camera: Camera) -> None:
    seen(camera)
    runs(camera, gallery_version=1)
    few = queries_of(as_viewer, URL)
    for number in range(9):
        another = Camera.objects.create(name=f"C{number}", slug=f"c{number}", source="0")
        runs(another, gallery_version=1)
        seen(another, Person.objects.create(name=f"P{number}"))
    assert queries_of(as_viewer, URL) == few
