"""Live pictures over a real Valkey: viewers get the newest, and one that stalls costs nothing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from redis import Redis

from streams.records.camera import Camera
from streams.wire.announcing import announce_frame
from streams.wire.builders import frame_header
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import put_annotated, put_frame
from tests.streams.browser import BrowserSocket
from tests.streams.live.test_consumers import next_of, socket
from tests.streams.live.test_mjpeg import open_stream, parts_of
from tests.streams.said import overlay

pytestmark = [pytest.mark.integration, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
FRAMES = 400
PICTURE = bytes(30_000)
STALLED_MB = 4.0


@pytest.fixture
def hall(db: None) -> Camera:
    return Camera.objects.create(name="Hall", slug="hall", source="clips/hall.mp4")


async def show(camera: Camera, frame: int) -> None:
    await put_frame(camera.pk, frame_header(camera.slug, overlay(frame), {}), PICTURE)
    await announce_frame(camera.pk, frame)


async def next_frame(viewer: BrowserSocket) -> int:
    while not isinstance(said := await viewer.hear(), bytes):
        pass
    return unpack_frame(said)[0]["frame"]


async def watching(user: User) -> BrowserSocket:
    opened = await socket(user)
    assert await opened.connect() is None
    await next_of(opened, "hello")
    await opened.say({"type": "watch", "cameras": ["hall"]})
    await opened.say({"type": "ping"})
    await next_of(opened, "pong")
    return opened


async def test_a_viewer_that_stalled_sees_the_newest_picture_and_none_of_the_old(
    redis: str, hall: Camera, viewer: User
) -> None:
    used = _memory_mb(redis)
    stalled = await watching(viewer)
    await show(hall, 1)
    assert await next_frame(stalled) == 1
    for frame in range(2, FRAMES + 1):
        await show(hall, frame)
    assert _memory_mb(redis) - used < STALLED_MB  # every picture kept would be 12 MB
    await stalled.say({"type": "ack", "camera": "hall", "frame": 1})
    assert await next_frame(stalled) == FRAMES
    await stalled.leave()


async def test_a_quick_viewer_is_not_held_up_by_a_stalled_one(redis: str, hall: Camera, viewer: User) -> None:
    stalled, quick = await watching(viewer), await watching(viewer)
    await show(hall, 1)
    assert await next_frame(stalled) == await next_frame(quick) == 1
    delays = []
    for frame in range(2, 32):
        await quick.say({"type": "ack", "camera": "hall", "frame": frame - 1})
        began = time.perf_counter()
        await show(hall, frame)
        assert await next_frame(quick) == frame
        delays.append(time.perf_counter() - began)
    assert sorted(delays)[15] < 0.1
    await stalled.leave()
    await quick.leave()


async def test_a_stream_of_pictures_hears_its_doorbells_beside_a_socket(redis: str, hall: Camera, viewer: User) -> None:
    """channels_redis listens for one prefix of channel names per process: all of ours must have the same."""
    beside = await watching(viewer)
    parts = parts_of(await open_stream(viewer))
    await put_annotated(hall.pk, 1, b"first")
    assert await anext(parts) == b"first"
    waiting = asyncio.ensure_future(anext(parts))
    await asyncio.sleep(1.1)  # its own look every second is over; the next is a second away
    await put_annotated(hall.pk, 2, b"second")
    await announce_frame(hall.pk, 2)
    assert await asyncio.wait_for(waiting, 0.5) == b"second"
    await show(hall, 1)
    assert await next_frame(beside) == 1
    await parts.aclose()
    await beside.leave()
    await get_channel_layer().wait_received()


def _memory_mb(url: str) -> float:
    with Redis.from_url(url) as client:
        info: Any = client.info("memory")
    return float(info["used_memory"]) / 1e6
