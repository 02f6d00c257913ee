"""One picture of a camera over the API."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.pipeline.messages import Overlay
from streams.records.camera import Camera, CameraStatus
from streams.wire.builders import frame_header
from streams.wire.newest_pictures import put_annotated, put_frame
from streams.wire.watching import watched
from tests.api import client_of

URL = "/api/v1/cameras/door/snapshot/"
JPEG = b"\xff\xd8 a picture"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """And a slow machine's first request, which loads every page, takes no picture's life."""
    monkeypatch.setattr("streams.wire.newest_pictures.SPARE_S", 60)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def live(camera: Camera) -> Camera:
    CameraStatus.objects.filter(camera=camera).update(state="live", heartbeat_at=timezone.now())
    return camera


def send(camera: Camera) -> None:
    overlay = Overlay(
        frame=3, captured_at=timezone.now(), width_px=640, height_px=360, faces=(), preview=JPEG, annotated=None
    )
    async_to_sync(put_frame)(camera.pk, frame_header("door", overlay, {}), JPEG)


def test_the_newest_picture_is_given_as_a_jpeg(as_viewer: APIClient, camera: Camera) -> None:
    send(camera)
    answer = as_viewer.get(URL)
    assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "image/jpeg", JPEG)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_with_boxes_it_is_the_drawn_one(as_viewer: APIClient, camera: Camera) -> None:
    async_to_sync(put_annotated)(camera.pk, 3, JPEG + b" with boxes")
    assert as_viewer.get(f"{URL}?boxes=true").content == JPEG + b" with boxes"
    for query in ("boxes=maybe", "boxes=", "box=true"):
        assert as_viewer.get(f"{URL}?{query}").status_code == 400


def test_who_is_limited_to_some_people_gets_a_drawing_without_the_others_names(
    viewer: User, live: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    guests = PersonGroup.objects.create(name="Guests")
    guest = Person.objects.create(name="Guest")
    guests.people.add(guest)
    PersonLimit.objects.create(group=guests, user=viewer)
    async_to_sync(put_annotated)(live.pk, 3, JPEG + b" with every name")
    send(live)
    drawn: list[Any] = []
    monkeypatch.setattr("streams.api.camera_pictures.drawn", lambda message, people: drawn.append(people) or JPEG)
    assert client_of(viewer).get(f"{URL}?boxes=true").content == JPEG
    assert drawn == [{str(guest.pk)}]


@pytest.mark.django_db(transaction=True)
def test_when_nobody_watches_one_is_asked_for_as_viewers_do(as_viewer: APIClient, live: Camera) -> None:
    def worker() -> None:
        """Sends a picture once somebody looks."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if (async_to_sync(watched)([live.pk]) or {})[live.pk].preview:
                send(live)
                return
            time.sleep(0.02)

    thread = threading.Thread(target=worker)
    thread.start()
    assert as_viewer.get(URL).content == JPEG
    thread.join()


def test_a_live_camera_without_a_picture_is_for_later(
    as_viewer: APIClient, live: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    answer: Any = as_viewer.get(URL)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "no_picture"
    assert 1.9 < time.monotonic() - began < 8


def test_a_camera_that_is_down_says_why_at_once(as_viewer: APIClient, live: Camera) -> None:
    CameraStatus.objects.update(state="down", reason="Nothing answers there.")
    began = time.monotonic()
    answer: Any = as_viewer.get(URL)
    assert answer.status_code == 503 and "Nothing answers there." in answer.json()["error"]["message"]
    assert time.monotonic() - began < 1.5


def test_a_camera_that_is_switched_off_has_none(as_viewer: APIClient, camera: Camera) -> None:
    Camera.objects.update(enabled=False)
    assert as_viewer.get(URL).status_code == 404
