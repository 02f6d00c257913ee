"""Testing a source over the API."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from PIL import Image
from rest_framework.test import APIClient

from streams.cameras import errands, trials
from streams.pipeline.child.trial import TrialResult, try_once
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.transport import Transport
from streams.records.camera import Camera
from tests.streams.pipeline.servers import mjpeg, serving

URL = "/api/v1/cameras/test/"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Opens what is asked for, in this process; the sources that it opened."""
    opened: list[str] = []
    settings.CAMERA_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8"]

    def work(trial: str) -> None:
        claimed = trials.claim(trial)
        assert claimed is not None
        order, user_id = claimed
        opened.append(order.source)
        known = order.source.startswith("http://127.0.0.1")
        trials.finish(trial, user_id, try_once(order) if known else TrialResult(Reason.HUNG_UP.said()))

    begin = trials.begin

    def begin_and_work(**asked: Any) -> Any:
        trial = begin(**asked)
        threading.Thread(target=work, args=[str(trial)]).start()
        return trial

    monkeypatch.setattr(trials, "begin", begin_and_work)
    return opened


def test_a_source_that_works_is_shown_in_a_picture(as_operator: APIClient, worker: list[str]) -> None:
    with serving(mjpeg(60)) as port:
        answer = as_operator.post(URL, {"source": f"http://127.0.0.1:{port}/"}, format="json")
    said = answer.json()
    assert (answer.status_code, said["works"], said["reason"], said["width_px"]) == (200, True, "", 160)
    assert b64decode(said["picture"]).startswith(b"\xff\xd8")
    assert not Camera.objects.exists()


def test_one_that_fails_has_a_reason_and_never_its_password(as_operator: APIClient, worker: list[str]) -> None:
    asked = {"source": "rtsp://10.0.0.9/live", "username": "ann", "password": "hunter2"}
    answer = as_operator.post(URL, asked, format="json")
    assert worker == ["rtsp://ann:hunter2@10.0.0.9/live"]
    assert answer.json() == {
        "works": False, "reason": "The server hung up without an answer.",
        "width_px": None, "height_px": None, "picture": None,
    }  # fmt: skip
    assert "hunter2" not in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "transport"),
    [({"camera": "door"}, "tcp"), ({"camera": "door", "transport": "udp"}, "udp"), ({"source": "0"}, "automatic")],
)
def test_it_is_tried_by_the_transport_asked_for_or_stored(
    as_operator: APIClient, camera: Camera, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], transport: str
) -> None:
    Camera.objects.update(transport="tcp")
    begun: list[Transport] = []
    monkeypatch.setattr(trials, "begin", lambda *, transport, **_: begun.append(transport))
    monkeypatch.setattr(trials, "wait_for", lambda *_, **__: TrialResult(Reason.HUNG_UP.said()))
    assert as_operator.post(URL, asked, format="json").status_code == 200
    assert begun == [transport]
    refused = as_operator.post(URL, {**asked, "transport": "sctp"}, format="json")
    assert refused.status_code == 400 and "transport" in str(refused.json())


def test_a_camera_is_tried_as_it_is_stored(as_operator: APIClient, camera: Camera, worker: list[str]) -> None:
    assert as_operator.post(URL, {"camera": "door"}, format="json").status_code == 200
    assert worker == ["rtsp://user:secret@door.example/1?channel=hidden"]


def test_a_stored_password_is_not_sent_to_another_server(
    as_operator: APIClient, camera: Camera, worker: list[str]
) -> None:
    answer = as_operator.post(URL, {"camera": "door", "source": "rtsp://evil.example/1"}, format="json")
    assert answer.status_code == 400 and worker == []
    assert answer.json()["error"]["details"][0]["field"] == "password"


@pytest.mark.parametrize(
    "asked, status",
    [
        ({}, 400),
        ({"source": "browser"}, 400),
        ({"source": "../secret.mp4"}, 400),
        ({"source": "gopher://x"}, 400),
        ({"source": "0", "wait": 5}, 400),
        ({"camera": "nowhere"}, 404),
    ],
)
def test_what_cannot_be_tried_is_refused(as_operator: APIClient, worker: list[str], asked: Any, status: int) -> None:
    assert as_operator.post(URL, asked, format="json").status_code == status
    assert worker == []


def test_tests_are_throttled(as_operator: APIClient, worker: list[str]) -> None:
    answers = [as_operator.post(URL, {"source": "rtsp://10.0.0.9/"}, format="json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "3"


def test_without_a_worker_it_is_for_later_and_the_order_is_gone(
    as_operator: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "TAKEN_WITHIN_S", 0.2)
    orders: list[str] = []
    begin = trials.begin
    monkeypatch.setattr(trials, "begin", lambda **asked: orders.append(begin(**asked)) or orders[-1])
    answer = as_operator.post(URL, {"source": "rtsp://10.0.0.9/"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_worker")
    assert answer.headers["Retry-After"] == "10"
    assert trials.claim(str(orders[0])) is None


def test_a_camera_called_test_is_reached_by_the_other_methods(as_operator: APIClient, as_viewer: APIClient) -> None:
    made = {"name": "Test", "slug": "test", "source": "0"}
    assert as_operator.post("/api/v1/cameras/", made, format="json").status_code == 201
    assert as_operator.patch(URL, {"name": "Renamed"}, format="json").json()["name"] == "Renamed"
    assert as_viewer.get(URL).json()["slug"] == "test"
    assert as_viewer.delete(URL).status_code == 403
    assert as_operator.delete(URL).status_code == 204


def test_a_stored_cameras_picture_is_turned_and_masked_as_it_is_set(as_operator: APIClient, worker: list[str]) -> None:
    everything = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    masked = {"turn": 90, "regions": [{"name": "", "kind": "never_keep", "points": everything}]}
    with serving(mjpeg(60)) as port:
        Camera.objects.create(name="Yard", slug="yard", source=f"http://127.0.0.1:{port}/", **masked)
        said = as_operator.post(URL, {"camera": "yard"}, format="json").json()
    assert (said["width_px"], said["height_px"]) == (120, 160)
    assert not np.asarray(Image.open(BytesIO(b64decode(said["picture"])))).any()


def test_a_camera_whose_masks_are_damaged_is_not_shown_without_them(as_operator: APIClient) -> None:
    Camera.objects.create(name="Yard", slug="yard", source="http://127.0.0.1:9/", regions=["damaged"])
    answer = as_operator.post(URL, {"camera": "yard"}, format="json")
    assert answer.status_code == 400 and "draw them again" in answer.content.decode()
