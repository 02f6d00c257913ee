"""Detections over the API: the evidence of sightings."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import Detection
from tests.api import client_of, queries_of
from tests.streams.seen import seen

URL = "/api/v1/detections/"


def test_a_detection_says_what_was_compared(as_viewer: APIClient, camera: Camera) -> None:
    sighting = seen(camera)
    [shown] = as_viewer.get(URL, {"sighting": sighting.pk}).json()["results"]
    assert shown["sighting"] == str(sighting.pk)
    assert shown["camera"] == {"slug": "door", "name": "Door"}
    assert (shown["box"], shown["quality"], shown["distance"]) == ([10, 20, 110, 120], 0.8, 0.9)


def test_its_snapshot_opens(as_viewer: APIClient, camera: Camera, media: Path) -> None:
    detection = seen(camera).detections.get()
    assert as_viewer.get(f"{URL}{detection.pk}/snapshot/").status_code == 404
    default_storage.save(detection.snapshot.name, ContentFile(b"\xff\xd8\xff the picture"))
    answer = as_viewer.get(f"{URL}{detection.pk}/snapshot/", headers={"accept": "image/avif,image/*"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "private" in answer.headers["Cache-Control"]


KEPT = {"frame": b"\xff\xd8\xff the frame", "clip": b"\x1aE\xdf\xa3 the clip"}


@pytest.mark.parametrize("kind", KEPT)
def test_its_whole_frame_and_clip_open_and_the_sighting_names_them(
    kind: str, as_viewer: APIClient, camera: Camera, media: Path
) -> None:
    sighting = seen(camera)
    detection = sighting.detections.get()
    addresses = (f"{URL}{detection.pk}/", f"/api/v1/sightings/{sighting.pk}/")
    assert [as_viewer.get(address).json()[f"{kind}_url"] for address in addresses] == [None, None]
    assert as_viewer.get(f"{URL}{detection.pk}/links/").json()[kind] is None
    getattr(detection, kind).save("file", ContentFile(KEPT[kind]))
    for address in addresses:
        answer = as_viewer.get(as_viewer.get(address).json()[f"{kind}_url"])
        assert (answer.status_code, answer.getvalue()) == (200, KEPT[kind])
    link = as_viewer.get(f"{URL}{detection.pk}/links/").json()[kind]
    assert APIClient().get(link).getvalue() == KEPT[kind]


@pytest.mark.parametrize("kind", KEPT)
def test_who_is_limited_to_some_people_gets_no_whole_frame_or_clip(
    kind: str, viewer: User, camera: Camera, media: Path
) -> None:
    """Not even of people whom they may see: others stand beside them."""
    sighting = seen(camera)
    detection = sighting.detections.get()
    getattr(detection, kind).save("file", ContentFile(KEPT[kind]))
    link = client_of(viewer).get(f"{URL}{detection.pk}/links/").json()[kind]
    PersonLimit.objects.create(group=PersonGroup.objects.create(name="Guests"), user=viewer)
    as_limited = client_of(viewer)
    for address in (f"{URL}{detection.pk}/", f"/api/v1/sightings/{sighting.pk}/"):
        shown = as_limited.get(address).json()
        assert shown["snapshot_url"] and shown[f"{kind}_url"] is None
    assert as_limited.get(f"{URL}{detection.pk}/{kind}/").status_code == 404
    assert as_limited.get(f"{URL}{detection.pk}/links/").json()[kind] is None
    assert APIClient().get(link).status_code == 404


def test_detections_are_found_by_camera_person_verdict_and_time(as_viewer: APIClient, camera: Camera) -> None:
    ada = Person.objects.create(name="Ada")
    known = seen(camera, ada)
    seen(camera)

    def found(**query: object) -> list[str]:
        return [row["sighting"] for row in as_viewer.get(URL, query).json()["results"]]

    assert found(person=ada.pk) == found(verdict="match") == [str(known.pk)]
    assert len(found(camera="door")) == len(found(captured_after="2026-11-23T12:00:00Z")) == 2
    assert found(closer_than=0.5) == [str(known.pk)]
    assert found(captured_before="2026-11-23T12:00:00Z") == found(sighting=uuid4()) == []


def test_nobody_is_found_by_a_distance_that_the_caller_may_not_read(viewer: User, camera: Camera) -> None:
    guests = PersonGroup.objects.create(name="Guests")
    PersonLimit.objects.create(group=guests, user=viewer)
    strange = seen(camera)
    Detection.objects.update(person=Person.objects.create(name="Somebody else"))
    as_limited = client_of(viewer)
    assert [row["sighting"] for row in as_limited.get(URL).json()["results"]] == [str(strange.pk)]
    assert as_limited.get(URL, {"closer_than": 2}).json()["results"] == []


@pytest.mark.parametrize(
    "query", ["closer_than=3", "sighting=x", "camera=x", "verdict=x", "captured_after=x", "limit=0"]
)
def test_a_bad_filter_is_refused(as_viewer: APIClient, camera: Camera, query: str) -> None:
    assert as_viewer.get(f"{URL}?{query}").status_code == 400


def test_listing_detections_takes_as_many_queries_for_many_as_for_one(as_viewer: APIClient, camera: Camera) -> None:
    seen(camera)
    expected = queries_of(as_viewer, URL)
    for number in range(5):
        seen(camera, Person.objects.create(name=f"Person {number}"))
    assert queries_of(as_viewer, URL) == expected
