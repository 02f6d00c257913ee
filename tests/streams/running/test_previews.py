"""Pictures on their way to the cache, and their doorbells."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer

from streams.pipeline.clock import LATE_S
from streams.running.previews import Previews
from streams.wire.announcing import camera_group
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import Annotated, newest_annotated, newest_frame
from tests.streams.said import JPEG, overlay

HALL = 7_001


@pytest.fixture
async def previews() -> AsyncIterator[Previews]:
    previews = Previews()
    task = asyncio.create_task(previews.run())
    yield previews
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_picture_is_in_the_cache_before_its_doorbell_rings(previews: Previews) -> None:
    layer: Any = get_channel_layer()
    own = await layer.new_channel()
    await layer.group_add(camera_group(HALL), own)
    previews.put(HALL, "hall", {}, overlay(5, annotated=b"boxes"))
    doorbell = await asyncio.wait_for(layer.receive(own), 5)
    assert doorbell == {"type": "frame.ready", "camera_id": HALL, "frame": 5}
    found = await newest_frame(HALL)
    assert found is not None
    assert unpack_frame(found[1])[1] == JPEG
    assert await newest_annotated(HALL) == Annotated(5, b"boxes", LATE_S)


async def test_pictures_that_come_too_quickly_are_replaced_and_counted() -> None:
    previews = Previews()
    for frame in range(10):
        previews.put(HALL, "hall", {}, overlay(frame))
    assert previews.overlays_dropped == 9


async def test_an_overlay_without_pictures_is_left_out() -> None:
    previews = Previews()
    for frame in range(3):
        previews.put(HALL, "hall", {}, overlay(frame, preview=None))
    assert previews.overlays_dropped == 0
