"""What a camera is told beside its address, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from rest_framework.test import APIClient

from streams.records.camera import Camera
from streams.records.sighting import Sighting
from tests.api import client_of
from tests.streams.seen import seen

URL = "/api/v1/cameras/"
WINDOW = {"name": "Window", "kind": "never_keep", "points": [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0]]}
TOLD = {
    "turn": 90,
    "mirrored": True,
    "pixel_aspect": 1.09,
    "regions": [WINDOW],
    "transport": "udp",
    "snapshot_seconds": 5.0,
    "looking_source": "rtsp://door.example/2",
    "down_after_s": 60,
    "decoding": "always",
    "hours": "Mon-Fri 07:00-19:00",
    "role": "entrance",
    "strangers": "numbers",
    "keeps_whole_frame": False,
    "clip_seconds": 6,
}
USUAL = {
    "turn": 0, "mirrored": False, "pixel_aspect": None, "regions": [], "snapshot_seconds": 1.0, "looking_source": "",
    "down_after_s": 0, "decoding": "on_motion", "transport": "automatic",
    "hours": "", "role": "none", "strangers": "pictures",
    "keeps_whole_frame": True, "clip_seconds": 0,
}  # fmt: skip


def test_everything_is_told_and_read_back_and_the_usual_is_as_before(as_operator: APIClient, camera: Camera) -> None:
    shown = as_operator.get(f"{URL}door/").json()
    assert {name: shown[name] for name in USUAL} == USUAL
    answer = as_operator.patch(f"{URL}door/", TOLD, format="json")
    assert answer.status_code == 200, answer.json()
    assert {name: as_operator.get(f"{URL}door/").json()[name] for name in TOLD} == TOLD


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"turn": 45}, "turn", "not a valid choice"),
        ({"turn": "90"}, "turn", "whole number"),
        ({"mirrored": "yes"}, "mirrored", "true or false"),
        ({"pixel_aspect": 9}, "pixel_aspect", "4"),
        ({"regions": None}, "regions", ""),
        ({"regions": "all"}, "regions", "a list of regions"),
        ({"regions": [{**WINDOW, "points": [[0, 0], [1, 1]]}]}, "regions", "Region 1 (“Window”): A region has 3 to 60"),
        ({"regions": [{**WINDOW, "points": [[0, 0], [1.5, 1], [0, 1]]}]}, "regions", "lies outside of the picture"),
        ({"regions": [{**WINDOW, "points": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}, "regions", "crosses"),
        ({"regions": [WINDOW] * 21}, "regions", "at most 20"),
        ({"snapshot_seconds": 0}, "snapshot_seconds", "0.1"),
        ({"snapshot_seconds": "nan"}, "snapshot_seconds", ""),
        ({"decoding": "never"}, "decoding", "never"),
        ({"transport": "multicast"}, "transport", "not a valid choice"),
        ({"down_after_s": -1}, "down_after_s", "0"),
        ({"down_after_s": 4000}, "down_after_s", "3600"),
        ({"hours": "Mun 07:00-08:00"}, "hours", "no day of the week"),
        ({"role": "door"}, "role", "not a valid choice"),
        ({"strangers": "some"}, "strangers", "not a valid choice"),
        ({"clip_seconds": 5}, "clip_seconds", "not a valid choice"),
        ({"keeps_whole_frame": "yes"}, "keeps_whole_frame", "true or false"),
        ({"looking_source": "clips/door.mp4"}, "looking_source", "is an address"),
        ({"looking_source": "rtsp://other.example/2"}, "looking_source", "same server and port"),
        ({"source": "0"}, "looking_source", "second stream"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_saved(
    as_operator: APIClient, camera: Camera, change: dict[str, Any], field: str, said: str
) -> None:
    Camera.objects.update(looking_source="rtsp://door.example/2")
    before = Camera.objects.values().get()
    answer = as_operator.patch(f"{URL}door/", {"name": "Changed", **change}, format="json")
    assert answer.status_code == 400
    details = answer.json()["error"]["details"]
    assert any(each["field"].startswith(field) and said in each["message"] for each in details), details
    assert Camera.objects.values().get() == before


def test_cameras_are_listed_by_their_role(as_operator: APIClient, camera: Camera) -> None:
    Camera.objects.create(name="Hall", slug="hall", source="0", role="inside")
    for asked, slugs in (
        ("role=inside", ["hall"]),
        ("role=none", ["door"]),
        ("role=inside&role=none", ["door", "hall"]),
    ):
        assert [each["slug"] for each in as_operator.get(f"{URL}?{asked}").json()["results"]] == slugs
    assert as_operator.get(f"{URL}?role=back").status_code == 400


def test_a_viewer_reads_regions_and_hours_and_no_query_of_a_smaller_stream(
    as_operator: APIClient, as_viewer: APIClient, camera: Camera
) -> None:
    secret = {**TOLD, "looking_source": "rtsp://door.example/2?token=hidden"}
    assert as_operator.patch(f"{URL}door/", secret, format="json").status_code == 200
    page = as_viewer.get(f"{URL}door/").content.decode()
    assert "Window" in page and "Mon-Fri" in page and "hidden" not in page


def test_regions_turn_with_the_picture_over_the_api_too(as_operator: APIClient, camera: Camera) -> None:
    as_operator.patch(f"{URL}door/", {"regions": [WINDOW]}, format="json")
    shown = as_operator.patch(f"{URL}door/", {"turn": 180}, format="json").json()
    assert shown["regions"][0]["points"] == [[1.0, 1.0], [0.5, 1.0], [0.5, 0.0]]


def test_a_camera_outside_of_its_hours_says_until_when_it_sleeps(as_operator: APIClient, camera: Camera) -> None:
    day = (timezone.localtime().weekday() + 3) % 7
    name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day]
    status = as_operator.patch(f"{URL}door/", {"hours": f"{name} 07:00-08:00"}, format="json").json()["status"]
    assert status["state"] == "asleep"
    assert status["reason"].startswith(f"Asleep until {name}") and status["reason"].endswith("07:00 UTC.")


def test_a_camera_is_deleted_with_what_it_saw_if_that_is_asked_for(as_operator: APIClient, camera: Camera) -> None:
    seen(camera)
    refused = as_operator.delete(f"{URL}door/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "in_use")
    assert "1 sighting" in refused.json()["error"]["message"]
    assert as_operator.delete(f"{URL}door/?with_sightings=perhaps").status_code == 400
    assert as_operator.delete(f"{URL}door/?sightings=true").status_code == 400
    assert as_operator.delete(f"{URL}door/?with_sightings=true").status_code == 204
    assert not Camera.objects.exists() and not Sighting.objects.exists()


def test_who_may_delete_cameras_may_not_delete_sightings_by_that(stranger: User, camera: Camera) -> None:
    seen(camera)
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["delete_camera", "view_camera"]))
    answer = client_of(stranger).delete(f"{URL}door/?with_sightings=true")
    assert answer.status_code == 403 and Sighting.objects.exists()
