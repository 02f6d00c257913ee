"""A search of the network against a small ONVIF camera of ours: what it offers, and what a hostile one gets."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from streams.pipeline.child import search
from streams.pipeline.child.search import SearchOrder, gates_for, run_search, search_once
from streams.pipeline.onvif.found import FoundDevice, FoundStream, SearchResult
from tests.streams.pipeline.onvif.camera import OnvifCamera, a_host, envelope, onvif_camera

ANN = ("ann", "hunter2")


# Loopback answers at once.
LISTEN_S = 0.6


def searched(order: SearchOrder) -> SearchResult:
    return search_once(order, gates_for(order), LISTEN_S)


def everybody(*cameras: OnvifCamera) -> list[FoundDevice]:
    order = SearchOrder(tuple(camera.host for camera in cameras))
    return list(searched(order).devices)


def alone(camera: OnvifCamera, *login: str) -> FoundDevice:
    order = SearchOrder((camera.host,), camera.host, *login)
    (device,) = searched(order).devices
    return device


@pytest.mark.parametrize(
    "traits",
    [
        {},
        {"second_media": True},
        {"old": True},
        {"login": ANN},
        {"login": ANN, "ahead": timedelta(days=-3000)},
        {"login": ANN, "ahead": timedelta(hours=10)},
        {"login": ANN, "by_http": True, "second_media": True},
        {"login": ("ann & <co>", "p@ss:w/ö<rd>")},
    ],
    ids=str,
)
def test_a_camera_offers_its_streams(traits: dict[str, Any]) -> None:
    with onvif_camera(**traits) as camera:
        device = alone(camera, *(camera.login or ()))
    assert device.reason == ""
    assert device.streams == (
        FoundStream("Main stream", "H264", 1920, 1080, f"rtsp://{camera.host}:554/main", f"http://{camera.host}/main.jpg"),
        FoundStream("Sub stream", "H264", 640, 360, f"rtsp://{camera.host}:554/sub", f"http://{camera.host}/sub.jpg"),
    )  # fmt: skip
    assert device.smaller_than(device.streams[0]) == device.streams[1]
    assert device.smaller_than(device.streams[1]) is None


def test_several_cameras_are_found_and_one_that_is_broken_costs_the_others_nothing() -> None:
    with ExitStack() as stack:
        good = [stack.enter_context(onvif_camera()) for _ in range(3)]
        broken = stack.enter_context(onvif_camera(answer=lambda question, usual: b"<broken"))
        devices = {device.address: device for device in everybody(*good, broken)}
    assert all(len(devices[camera.host].streams) == 2 for camera in good)
    assert devices[broken.host].reason == "The device answers, but not as ONVIF says."


def test_a_search_of_everybody_sends_no_login_to_anybody() -> None:
    with onvif_camera(login=ANN) as camera:
        order = SearchOrder((camera.host,), "", *ANN)
        (device,) = searched(order).devices
    assert "asks for a login" in device.reason
    assert "Username" not in "".join(camera.bodies) and camera.sent == []


def test_a_wrong_login_is_refused_in_words_and_tried_once() -> None:
    with onvif_camera(login=ANN) as camera:
        device = alone(camera, "ann", "wrong")
    assert "refuses the login given" in device.reason and "wrong" not in repr(device)
    assert camera.heard.count("GetProfiles") == 1


def test_a_password_is_never_sent_in_clear() -> None:
    with onvif_camera(basic=True, login=ANN) as camera:
        device = alone(camera, *ANN)
    assert "in clear" in device.reason
    assert camera.sent == [] and "hunter2" not in "".join(camera.bodies)
    with onvif_camera(login=ANN) as camera:
        assert alone(camera, *ANN).streams
    assert "hunter2" not in "".join(camera.bodies)


def test_a_device_that_is_silent_over_udp_is_asked_where_onvif_says() -> None:
    with onvif_camera(silent=True) as camera:
        assert everybody(camera) == []
        assert "nothing listens" in alone(camera).reason  # on port 80 of the same address


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"services": "http://{bystander}/onvif/device_service"}, "names another address than its own"),
        ({"services": "file:///etc/passwd gopher://127.0.0.1/"}, "names another address than its own"),
        ({"services": "http://[::1"}, "names another address than its own"),
        ({"services": " "}, "names another address than its own"),
        ({"stream": "rtsp://{bystander}/main"}, "streams at another address"),
        ({"stream": "rtsp://example.com/main"}, "streams at another address"),
        ({"stream": "file:///etc/passwd"}, "streams at another address"),
        ({"stream": "rtsp://{{host}}:99999/"}, "streams at another address"),
        ({"stream": "rtsp://ann:12/3@{{host}}/1@{{host}}/"}, "streams at another address"),
    ],
)  # fmt: skip
def test_nothing_outside_of_the_device_is_asked_or_offered(traits: dict[str, str], reason: str) -> None:
    with onvif_camera() as bystander:
        told = {name: value.format(bystander=f"{bystander.host}:{bystander.port}") for name, value in traits.items()}
        with onvif_camera(**told) as camera:
            device = alone(camera, *ANN)
    assert reason in device.reason and device.streams == ()
    assert bystander.heard == []


def test_a_media_service_elsewhere_is_not_asked() -> None:
    with onvif_camera() as bystander:

        def answer(question: str, usual: str) -> bytes:
            elsewhere = f"http://{bystander.host}:{bystander.port}/onvif/media"
            service = f"<Service><Namespace>http://www.onvif.org/ver10/media/wsdl</Namespace><XAddr>{elsewhere}</XAddr></Service>"
            return envelope(service if question == "GetServices" else "").encode()

        with onvif_camera(answer=answer) as camera:
            device = alone(camera, *ANN)
    assert "another address" in device.reason and bystander.heard == []


@pytest.mark.parametrize("name", ["{password}", "{username}:{password}@{password}"])
def test_a_device_cannot_have_a_password_written_into_an_address(name: str) -> None:
    literal = name.replace("{", "{{").replace("}", "}}")  # the camera fills in its own marks
    with onvif_camera(login=ANN, stream=f"rtsp://{{host}}/{literal}") as camera:
        camera.services = f"http://{camera.host}:{camera.port}/{name}"
        device = alone(camera, *ANN)
    assert "hunter2" not in "".join(camera.bodies) and device.streams == ()


def test_a_redirect_is_not_followed_because_the_question_holds_a_login() -> None:
    with onvif_camera() as bystander, onvif_camera(redirect=bystander.address) as camera:
        device = alone(camera, *ANN)
    assert device.reason == "The device redirects to another address, where it is not asked."
    assert bystander.heard == []


def test_passwords_that_a_device_writes_into_addresses_are_taken_out() -> None:
    stream = "rtsp://root:s3cret@{host}:554/{token}?user=root&password=s3cret"
    with onvif_camera(stream=stream, snapshot="http://{host}/snap?pwd=s3cret") as camera:
        device = alone(camera)
    assert device.streams and "s3cret" not in repr(device)


def bomb(question: str, usual: str) -> bytes:
    return f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>{usual.partition("?>")[2]}'.encode()


def huge(question: str, usual: str) -> bytes:
    return usual.encode() + b" " * 3_000_000


def many_profiles(question: str, usual: str) -> bytes:
    return usual.replace("</GetProfilesResponse>", '<Profiles token="x"/>' * 5_000 + "</GetProfilesResponse>").encode()


def many_streams(question: str, usual: str) -> bytes:
    inner = usual.partition("<GetProfilesResponse>")[2].partition("</GetProfilesResponse>")[0]
    return usual.replace(inner, inner * 100).encode() if inner else usual.encode()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (bomb, "not as ONVIF says"),
        (huge, "sends too much"),
        (lambda question, usual: b"", "not as ONVIF says"),
        (lambda question, usual: envelope("").encode(), "offers no streams"),
        (many_profiles, ""),
        (many_streams, ""),
    ],
)
def test_hostile_answers_are_bounded(answer: Callable[[str, str], bytes], reason: str) -> None:
    with onvif_camera(answer=answer) as camera:
        device = alone(camera)
    assert reason in device.reason and bool(device.streams) is not bool(reason)
    assert len(camera.heard) <= 3 + 2 * 16 and len(device.streams) <= 16


def trickle(listener: socket.socket, over: threading.Event) -> None:
    """Begins TLS with one client and sends the rest a byte at a time."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        connection.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f")
        while not over.wait(0.3):
            connection.send(b"\x00")


def test_a_device_that_trickles_its_encryption_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ASKING_S", 1.0)
    over = threading.Event()
    with socket.create_server((host := a_host(), 0)) as listener:
        server = threading.Thread(target=trickle, args=(listener, over))
        server.start()
        service = f"https://{host}:{listener.getsockname()[1]}/"
        with onvif_camera() as good, onvif_camera(host=host, services=service) as bad:
            begun = time.monotonic()
            devices = {device.address: device for device in everybody(good, bad)}
            assert time.monotonic() - begun < 4
        over.set()
        server.join()
    assert len(devices[good.host].streams) == 2
    assert "did not tell its streams" in devices[bad.host].reason


def test_a_slow_device_has_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "DEVICE_S", 1.0)

    def slow(question: str, usual: str) -> bytes:
        time.sleep(0.7)
        return usual.encode()

    with onvif_camera(answer=slow) as camera:
        begun = time.monotonic()
        device = alone(camera)
        assert time.monotonic() - begun < 3
    assert device.reason == "The device did not tell its streams within 1 s."


def test_devices_for_which_there_is_no_time_are_shown_without_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ASKING_S", 0.0)
    with onvif_camera() as camera:
        (device,) = everybody(camera)
    assert device.name == "Front door" and "ask it alone" in device.reason and camera.heard == []


def test_without_networks_nothing_is_searched() -> None:
    order = SearchOrder()
    assert "CAMERA_NETWORKS names none" in searched(order).reason


@pytest.mark.integration
def test_a_process_that_may_not_connect_searches_through_its_gates() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    with onvif_camera(login=ANN) as camera:
        order = SearchOrder((camera.host,), camera.host, *ANN)
        child = context.Process(target=run_search, args=(order, theirs))
        child.start()
        assert ours.poll(30)
        (device,) = ours.recv().devices
        child.join()
    assert len(device.streams) == 2
