"""Searching the network from the admin."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from streams.cameras import searches
from streams.cameras.searches import offered
from streams.pipeline.onvif.found import FoundDevice, FoundStream, SearchResult
from streams.pipeline.reasons import NONE, Reason
from streams.records.camera import Camera
from streams.running.searches import Searches
from tests.streams.fake_trials import dies, hangs
from tests.streams.pipeline.onvif.camera import onvif_camera

SEARCH, FOUND = "admin:streams_camera_search", "admin:streams_camera_found"
MAIN = FoundStream("Main", "H264", 1920, 1080, "rtsp://10.0.0.9/main", "http://10.0.0.9/main.jpg")
SUB = FoundStream("Sub", "H264", 640, 360, "rtsp://10.0.0.9/sub")


@pytest.fixture(autouse=True)
def site(settings: Any) -> Iterator[None]:
    settings.CAMERA_NETWORKS = ["10.0.0.0/8", "127.0.0.0/8"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def begin(client: Client, **fields: Any) -> Any:
    return client.post(reverse(SEARCH), fields)


def test_an_order_is_sealed_and_taken_once(db: None) -> None:
    search = str(searches.begin(device="10.0.0.9", username="ann", password="hunter2", user_id=7))
    assert "hunter2" not in str(cache.get(f"search:{search}"))
    claimed = searches.claim(search)
    assert claimed and (claimed[0].password, claimed[0].device, claimed[1]) == ("hunter2", "10.0.0.9", 7)
    assert claimed[0].networks == ("10.0.0.0/8", "127.0.0.0/8")
    assert searches.claim(search) is None
    assert "hunter2" not in repr(claimed)


def test_the_log_says_who_searched_and_no_password(admin: Client, operator: User, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    begin(admin, device="10.0.0.9", username="ann", password="hunter2")
    assert f"network searched (10.0.0.9), by {operator.pk}" in caplog.text and "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"device": "camera.example"}, "Expected an IP address"),
        ({"device": "10.0.0.0/8"}, "Expected an IP address"),
        ({"device": "::1"}, "Expected an IP address"),
        ({"device": "93.184.216.34"}, "CAMERA_NETWORKS"),
        ({"device": "169.254.169.254"}, "CAMERA_NETWORKS"),
        ({"device": "192.168.1.1"}, "CAMERA_NETWORKS"),
        ({"username": "ann", "password": "hunter2"}, "A login goes to one device"),
        ({"device": "10.0.0.9", "password": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_reason(admin: Client, fields: dict[str, str], reason: str) -> None:
    answer = begin(admin, **fields)
    assert answer.status_code == 400 and reason in answer.json()["reason"]
    assert "hunter2" not in answer.content.decode()


def test_the_network_is_not_searched_faster_than_a_person_would(admin: Client) -> None:
    assert begin(admin).status_code == 202
    hasty = begin(admin)
    assert hasty.status_code == 429 and "seconds" in hasty.json()["reason"]


def test_only_who_may_write_cameras_may_search(client: Client, viewer: User) -> None:
    assert begin(client).status_code == 302
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    assert begin(client).status_code == 403
    assert client.get(reverse(FOUND, args=[uuid4()])).status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="add_camera"))
    assert begin(client).status_code == 202
    assert client.get(reverse(SEARCH)).status_code == 405


def test_what_was_found_is_shown_to_who_asked_alone(admin: Client, operator: User, db: None) -> None:
    search = begin(admin).json()["search"]
    state = reverse(FOUND, args=[search])
    assert admin.get(state).json() == {"state": "waiting"}
    claimed = searches.claim(search)
    assert claimed and admin.get(state).json() == {"state": "running"}
    searches.finish(search, claimed[1], SearchResult((FoundDevice("10.0.0.9", "Door", "X1", (MAIN, SUB)),), 3))
    said = admin.get(state).json()
    assert (said["state"], said["left_out"], said["reason"]) == ("done", 3, "")
    assert [stream["smaller"] for stream in said["devices"][0]["streams"]] == ["rtsp://10.0.0.9/sub", ""]
    admin.force_login(User.objects.create_superuser("other", password="other"))
    assert admin.get(state).json() == {"state": "running"}


def stream(**other: Any) -> FoundStream:
    return FoundStream(**{"name": "Main", "codec": "H264", "width_px": 9, "height_px": 9, "address": "", **other})


@pytest.mark.parametrize(
    ("address", "offers"),
    [
        ("rtsp://10.0.0.9/1", True),
        ("rtsp://192.168.7.7/1", False),
        ("http://169.254.169.254/", False),
        ("file:///etc/passwd", False),
        ("gs://bucket/a.mp4", False),
        ("0", False),
        ("rtsp://10.0.0.9/a b", False),
    ],
)
def test_only_addresses_that_a_camera_may_have_are_offered(address: str, offers: bool) -> None:
    (device,) = offered(SearchResult((FoundDevice("10.0.0.9", streams=(stream(address=address),)),)))["devices"]
    assert [each["address"] for each in device["streams"]] == ([address] if offers else [])
    assert bool(device["reason"]) is not offers
    (device,) = offered(SearchResult((FoundDevice("10.0.0.9", streams=(MAIN, stream(address=address))),)))["devices"]
    assert len(device["streams"]) == 1 + offers


def test_a_snapshot_that_no_camera_may_have_is_left_out() -> None:
    seen = stream(address="rtsp://10.0.0.9/1", snapshot="http://169.254.169.254/latest")
    (device,) = offered(SearchResult((FoundDevice("10.0.0.9", streams=(seen,)),)))["devices"]
    assert (device["streams"][0]["address"], device["streams"][0]["snapshot"]) == ("rtsp://10.0.0.9/1", "")


def test_a_stream_that_cannot_be_read_is_shown_and_never_the_smaller_one() -> None:
    odd = stream(codec="MPEG4", address="rtsp://10.0.0.9/odd")
    (device,) = offered(SearchResult((FoundDevice("10.0.0.9", streams=(MAIN, odd), reason=NONE),)))["devices"]
    assert [(each["readable"], each["smaller"]) for each in device["streams"]] == [(True, ""), (False, "")]


def test_the_form_has_the_button_for_those_who_may_use_it(admin: Client, viewer: User) -> None:
    camera = Camera.objects.create(name="Door", slug="door", source="0")
    change = reverse("admin:streams_camera_change", args=[camera.pk])
    for url in (change, reverse("admin:streams_camera_add")):
        page = admin.get(url).content.decode()
        assert "Search the network" in page and "network-search.js" in page
    viewer.is_staff = True
    viewer.save()
    admin.force_login(viewer)
    assert "Search the network" not in admin.get(change).content.decode()


async def searched(worker: Searches, **order: Any) -> SearchResult:
    """What a worker finds for user 7."""
    search = uuid4()
    cache.set(
        f"search:{search}", searches.ERRANDS.sealed({"device": "", "username": "", "password": "", **order}, 7), 60
    )
    worker.take(str(search))
    while (result := searches.result_of(search, user_id=7)) is None:
        await asyncio.sleep(0.1)
    await worker.close()
    return result


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.parametrize(("target", "patience_s", "reason"), [(hangs, 1, "within 1 s"), (dies, 20, "ended by itself")])
async def test_a_search_that_hangs_or_dies_is_ended_and_says_so(target: Any, patience_s: float, reason: str) -> None:
    assert reason in (await searched(Searches(target, timeout_s=patience_s))).reason


@pytest.mark.integration
@pytest.mark.alone
async def test_a_worker_finds_a_camera_in_the_network(settings: Any) -> None:
    with onvif_camera() as camera:
        settings.CAMERA_NETWORKS = [camera.host]
        result = await searched(Searches())
    assert [device.address for device in result.devices] == [camera.host]
    assert len(result.devices[0].streams) == 2


@pytest.mark.integration
@pytest.mark.alone
async def test_a_worker_without_networks_says_so(settings: Any) -> None:
    settings.CAMERA_NETWORKS = []
    assert (await searched(Searches())).reason == Reason.NO_NETWORK.said()
