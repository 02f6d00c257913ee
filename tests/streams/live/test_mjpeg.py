"""One camera as a stream of JPEGs: within the rights, and never an old picture that looks live."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient
from PIL import Image

from streams.live import mjpeg
from streams.live.live_looks import LiveLooks
from streams.live.mjpeg import Stream, no_picture
from streams.live.sight import Sight
from streams.live.standing import Login
from streams.records.camera import Camera
from streams.wire.announcing import announce_frame
from streams.wire.builders import camera_ref, frame_header
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import put_annotated, put_frame
from streams.wire.watching import watched
from tests.streams.said import overlay

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/cameras/hall/live.mjpeg"


async def open_stream(user: User | None, url: str = URL) -> Any:
    client = AsyncClient()
    if user is not None:
        await client.aforce_login(user)
    return await client.get(url)


async def parts_of(response: Any) -> AsyncIterator[bytes]:
    """The JPEGs of a stream, one by one."""
    buffer = b""
    async for chunk in response.streaming_content:
        buffer += chunk
        while b"\r\n--facesite-frame\r\n" in buffer:
            part, buffer = buffer.split(b"\r\n--facesite-frame\r\n", 1)
            yield part.split(b"\r\n\r\n", 1)[1]


async def test_the_stream_follows_the_rights(hall: Camera, viewer: User, stranger: User) -> None:
    assert (await open_stream(None)).status_code == 302
    assert (await open_stream(stranger)).status_code == 403
    assert (await open_stream(viewer, "/cameras/nowhere/live.mjpeg")).status_code == 404


async def test_a_stream_shows_each_new_picture_and_asks_for_more(hall: Camera, viewer: User) -> None:
    await put_annotated(hall.pk, 1, b"first")
    response = await open_stream(viewer)
    assert response["Content-Type"].startswith("multipart/x-mixed-replace")
    assert response["Cache-Control"] == "no-store, private"
    parts = parts_of(response)
    assert await anext(parts) == b"first"
    modes = await watched([hall.pk])
    assert modes is not None
    assert modes[hall.pk].annotated
    await put_annotated(hall.pk, 2, b"second")
    await announce_frame(hall.pk, 2)
    assert await anext(parts) == b"second"
    await parts.aclose()


async def test_a_camera_that_fell_silent_does_not_look_live(
    hall: Camera, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mjpeg, "LATE_S", 0.1)
    await put_annotated(hall.pk, 1, b"first", 0.1)
    parts = parts_of(await open_stream(viewer))
    assert await anext(parts) == b"first"
    assert (await anext(parts)).startswith(b"\xff\xd8")
    await parts.aclose()


@pytest.mark.parametrize("is_limited", [False, True])
async def test_a_slow_camera_is_given_the_time_that_its_pace_takes(
    hall: Camera, viewer: User, monkeypatch: pytest.MonkeyPatch, is_limited: bool
) -> None:
    monkeypatch.setattr(mjpeg, "LATE_S", 0.1)
    monkeypatch.setattr(mjpeg, "drawn", lambda message, people: unpack_frame(message)[1])
    await put_annotated(hall.pk, 1, b"first", 60)
    await put_frame(hall.pk, frame_header("hall", overlay(1, old_after_s=60), {}), b"first")
    sight = Sight({hall.pk: camera_ref(hall)}, sightings=True, people=frozenset() if is_limited else None)
    stream = Stream(sight, "hall", Login("", viewer.pk, viewer.password), LiveLooks(viewer, ""))
    assert await stream._next() == b"first"
    await asyncio.sleep(0.2)
    assert await stream._next() is None  # no sign that it is gone


def test_the_sign_is_a_picture() -> None:
    import io

    assert Image.open(io.BytesIO(no_picture(None))).size == (640, 360)
