"""Trying a source from the admin."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from streams.cameras import trials
from streams.cameras.sealing import seal
from streams.cameras.services import save_camera
from streams.pipeline.child.trial import TrialOrder, TrialResult, try_once
from streams.pipeline.sources.transport import Transport
from streams.records.camera import Camera
from streams.running.trials import Trials
from tests.streams.fake_trials import dies, hangs
from tests.streams.pipeline.coded import WIDTH, rtp
from tests.streams.pipeline.servers import answering, black_hole, mjpeg, serving
from tests.streams.pipeline.udp_camera import UdpCamera

TRY = "admin:streams_camera_try"
NETWORKS = ("127.0.0.0/8",)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def begin(client: Client, **fields: Any) -> Any:
    return client.post(reverse(TRY), {"source": "rtsp://ann:hunter2@10.0.0.9/live", **fields})


def test_a_source_that_works_is_seen() -> None:
    with serving(mjpeg(60)) as port:
        result = try_once(TrialOrder(f"http://127.0.0.1:{port}/", NETWORKS))
    assert (result.width_px, result.height_px, result.reason) == (160, 120, "")
    assert result.picture.startswith(b"\xff\xd8")


def test_a_source_that_ends_at_once_is_seen_too() -> None:
    with serving(mjpeg(3)) as port:
        assert try_once(TrialOrder(f"http://127.0.0.1:{port}/", NETWORKS)).picture


def test_a_source_that_fails_has_a_reason_without_its_password() -> None:
    with serving(answering("HTTP/1.0 401 Unauthorized\r\n\r\n")) as port:
        result = try_once(TrialOrder(f"http://ann:hunter2@127.0.0.1:{port}/", NETWORKS))
    assert "login" in result.reason and "hunter2" not in repr(result)
    assert "not allowed for cameras" in try_once(TrialOrder("http://127.0.0.1:1/")).reason


def test_a_surprise_while_a_source_is_opened_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprises(*_: Any, **__: Any) -> NoReturn:
        raise ValueError("rtsp://ann:hunter2@10.0.0.9/ is odd")

    monkeypatch.setattr("streams.pipeline.child.trial.open_source", surprises)
    reason = try_once(TrialOrder("rtsp://ann:hunter2@10.0.0.9/")).reason
    assert "is odd" in reason and "hunter2" not in reason


def test_an_order_is_sealed_and_taken_once(db: None) -> None:
    trial = str(trials.begin(source="rtsp://ann:hunter2@10.0.0.9/", user_id=7))
    assert "hunter2" not in str(cache.get(f"trial:{trial}"))
    claimed = trials.claim(trial)
    assert claimed and claimed[0].source == "rtsp://ann:hunter2@10.0.0.9/" and claimed[1] == 7
    assert trials.claim(trial) is None
    assert "hunter2" not in repr(claimed)


def test_the_form_is_tried_with_the_stored_password_on_its_own_server_alone(admin: Client) -> None:
    camera = save_camera(camera=Camera(name="Door", slug="door", source="rtsp://ann:hunter2@10.0.0.9/live"), by=None)
    same = {"camera": camera.pk, "username": "ann"}
    answer = begin(admin, source="rtsp://10.0.0.9/second", **same)
    claimed = trials.claim(answer.json()["trial"])
    assert claimed and claimed[0].source == "rtsp://ann:hunter2@10.0.0.9/second"
    cache.clear()
    answer = begin(admin, source="rtsp://10.0.0.66/live", **same)
    assert answer.status_code == 400 and "enter its password again" in answer.json()["reason"]


@pytest.mark.parametrize(("written", "transport"), [({}, Transport.AUTOMATIC), ({"transport": "udp"}, Transport.UDP)])
def test_the_form_is_tried_by_the_transport_in_it(admin: Client, written: dict[str, str], transport: Transport) -> None:
    claimed = trials.claim(begin(admin, **written).json()["trial"])
    assert claimed and claimed[0].transport is transport


def test_a_trial_shows_what_a_camera_sends_over_udp_alone() -> None:
    with closing(UdpCamera(rtp(pictures=200), lasts_s=5)) as camera, serving(camera) as port:
        address = f"rtsp://127.0.0.1:{port}/cam"
        assert try_once(TrialOrder(address, NETWORKS)).width_px == WIDTH
        assert "set to TCP" in try_once(TrialOrder(address, NETWORKS, transport=Transport.TCP)).reason


@pytest.mark.parametrize(
    "fields",
    [
        {"transport": "multicast", "source": "rtsp://10.0.0.9/"},
        {"source": "file:///etc/passwd"},
        {"source": ""},
        {"source": "../secret.mp4"},
        {"source": "http://169.254.169.254/"},
        {"source": "browser:"},
    ],
)
def test_a_bad_source_is_refused_with_a_reason(admin: Client, fields: dict[str, str]) -> None:
    answer = begin(admin, **fields)
    assert answer.status_code == 400 and answer.json()["reason"]


@pytest.mark.parametrize("camera", ["x", "999999", "9" * 40, "-1"])
def test_a_camera_that_is_not_there_is_not_found(admin: Client, camera: str) -> None:
    assert begin(admin, camera=camera).status_code == 404


def test_sources_are_not_tried_faster_than_a_person_would(admin: Client) -> None:
    assert begin(admin).status_code == 202
    hasty = begin(admin)
    assert hasty.status_code == 429 and "seconds" in hasty.json()["reason"]


def test_only_who_may_write_cameras_may_try_a_source(client: Client, viewer: User) -> None:
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    assert begin(client).status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="add_camera"))
    assert begin(client).status_code == 202
    camera = Camera.objects.create(name="Door", slug="door", source="0")
    assert begin(client, camera=camera.pk).status_code == 403


def test_a_result_is_shown_to_who_asked_alone(admin: Client, operator: User, stranger: User) -> None:
    trial = begin(admin).json()["trial"]
    state, seen = (reverse(f"admin:streams_camera_{name}", args=[trial]) for name in ("trial", "trial_seen"))
    assert admin.get(state).json() == {"state": "waiting"}
    claimed = trials.claim(trial)
    assert claimed and admin.get(state).json() == {"state": "running"}
    assert admin.get(seen).status_code == 404
    trials.finish(trial, claimed[1], TrialResult(picture=b"\xff\xd8", width_px=640, height_px=480))
    assert admin.get(state).json() == {"state": "done", "size": "640 × 480", "reason": ""}
    assert admin.get(seen)["Content-Type"] == "image/jpeg"
    stranger.is_staff = True
    stranger.save()
    admin.force_login(stranger)
    assert admin.get(seen).status_code == 404


def test_the_form_has_the_button_for_those_who_may_use_it(admin: Client, client: Client, viewer: User) -> None:
    camera = Camera.objects.create(name="Door", slug="door", source="0")
    change = reverse("admin:streams_camera_change", args=[camera.pk])
    for url in (change, reverse("admin:streams_camera_add")):
        page = admin.get(url).content.decode()
        assert "Test this source" in page and "try-source.js" in page
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    assert "Test this source" not in client.get(change).content.decode()


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.parametrize(("target", "patience_s", "reason"), [(hangs, 1, "within 1 s"), (dies, 20, "ended by itself")])
async def test_a_trial_that_hangs_or_dies_is_ended_and_says_so(target: Any, patience_s: float, reason: str) -> None:
    trial = uuid4()
    cache.set(f"trial:{trial}", seal('{"source": "0", "user": 7}'), 60)
    worker = Trials(target, timeout_s=patience_s)
    worker.take(str(trial))
    while (result := trials.result_of(trial, user_id=7)) is None:
        await asyncio.sleep(0.1)
    assert reason in result.reason
    await worker.close()


@pytest.mark.integration
@pytest.mark.alone
async def test_a_worker_that_stops_does_not_wait_for_a_trial() -> None:
    trial = uuid4()
    worker = Trials()
    with serving(black_hole) as port:
        order = f'{{"source": "rtsp://127.0.0.1:{port}/", "user": 7}}'
        cache.set(f"trial:{trial}", seal(order), 60)
        worker.take(str(trial))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await worker.close()
    assert time.monotonic() - began < 3
