"""Searching the network over the API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from streams.cameras import errands, searches
from streams.pipeline.child.search import SearchOrder, gates_for, search_once
from tests.streams.pipeline.onvif.camera import OnvifCamera, onvif_camera

URL = "/api/v1/cameras/search/"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def found_camera(settings: Any) -> Iterator[OnvifCamera]:
    with onvif_camera(login=("ann", "hunter2")) as camera:
        settings.CAMERA_NETWORKS = [camera.host]
        yield camera


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[SearchOrder]:
    """Searches for what is asked, in this process; the orders that it did."""
    done: list[SearchOrder] = []
    begin = searches.begin

    def work(search: str) -> None:
        claimed = searches.claim(search)
        assert claimed is not None
        done.append(claimed[0])
        searches.finish(search, claimed[1], search_once(claimed[0], gates_for(claimed[0]), listen_s=0.6))

    def begin_and_work(**asked: Any) -> Any:
        search = begin(**asked)
        threading.Thread(target=work, args=[str(search)]).start()
        return search

    monkeypatch.setattr(searches, "begin", begin_and_work)
    return done


def test_everybody_is_asked_without_a_login(
    as_operator: APIClient, found_camera: OnvifCamera, worker: list[SearchOrder]
) -> None:
    answer = as_operator.post(URL, {}, format="json")
    said = answer.json()
    assert (answer.status_code, said["left_out"], said["reason"]) == (200, 0, "")
    (device,) = said["devices"]
    assert (device["address"], device["name"], device["streams"]) == (found_camera.host, "Front door", [])
    assert "asks for a login" in device["reason"]


def test_one_device_is_asked_with_its_login_and_the_answer_holds_no_password(
    as_operator: APIClient, found_camera: OnvifCamera, worker: list[SearchOrder]
) -> None:
    asked = {"device": found_camera.host, "username": "ann", "password": "hunter2"}
    answer = as_operator.post(URL, asked, format="json")
    (device,) = answer.json()["devices"]
    main, sub = device["streams"]
    assert main == {
        "name": "Main stream", "codec": "H264", "width_px": 1920, "height_px": 1080, "readable": True,
        "address": f"rtsp://{found_camera.host}:554/main", "snapshot": f"http://{found_camera.host}/main.jpg",
        "smaller": sub["address"],
    }  # fmt: skip
    assert "hunter2" not in answer.content.decode()
    made = {"name": "Door", "slug": "front", "source": main["address"], "looking_source": main["smaller"], **asked}
    del made["device"]
    assert as_operator.post("/api/v1/cameras/", made, format="json").status_code == 201


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"device": "192.168.1.1"}, "device"),
        ({"device": "camera"}, "device"),
        ({"device": ""}, "device"),
        ({"device": "1" * 16}, "device"),
        ({"username": "ann"}, "device"),
        ({"network": "10.0.0.0/8"}, "network"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    as_operator: APIClient, worker: list[SearchOrder], asked: Any, field: str, settings: Any
) -> None:
    settings.CAMERA_NETWORKS = ["10.0.0.0/8"]
    answer = as_operator.post(URL, asked, format="json")
    assert answer.status_code == 400 and answer.json()["error"]["details"][0]["field"] == field
    assert worker == []


def test_searches_are_throttled(as_operator: APIClient, found_camera: OnvifCamera, worker: list[SearchOrder]) -> None:
    answers = [as_operator.post(URL, {}, format="json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "5"


def test_without_a_worker_it_is_for_later(as_operator: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "TAKEN_WITHIN_S", 0.2)
    answer = as_operator.post(URL, {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_worker")


def test_a_camera_called_search_is_reached_by_the_other_methods(as_operator: APIClient, as_viewer: APIClient) -> None:
    made = {"name": "Search", "slug": "search", "source": "0"}
    assert as_operator.post("/api/v1/cameras/", made, format="json").status_code == 201
    assert as_operator.patch(URL, {"name": "Renamed"}, format="json").json()["name"] == "Renamed"
    assert as_viewer.get(URL).json()["slug"] == "search"
    assert as_viewer.post(URL, {}, format="json").status_code == 403
    assert as_operator.delete(URL).status_code == 204
