"""The current picture of a camera for a single request; viewers keep a socket open instead."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from streams.errors import NoPictureNow
from streams.live.drawing import drawn
from streams.records.camera import Camera
from streams.wire.builders import state_of
from streams.wire.frames import unpack_frame
from streams.wire.newest_pictures import newest_annotated, newest_frame
from streams.wire.watching import watch

# 2 s more than the camera's pace: a worker that hears the doorbell sends the next frame that it analyses.
WAIT_S = 2.0
LOOK_EVERY_S = 0.05


async def picture_now(
    camera: Camera, *, boxes: bool, people: frozenset[str] | None = None, wait_s: float = WAIT_S
) -> bytes:
    """Returns a JPEG of at most 960 px, no older than the camera's pace allows (pipeline/clock.py).

    `boxes` draws the boxes of faces into it, with the names of `people` only (ids; None: everybody). If nobody watches
    the camera, it asks the worker for a picture as a viewer does. Raises NoPictureNow: after waiting up to `wait_s`
    plus one frame, or at once for a camera that is not live.
    """
    until = time.monotonic() + wait_s + 1 / camera.analysis_fps
    if (found := await _newest(camera.pk, boxes, people)) is not None:
        return found
    state = state_of(camera, datetime.now(UTC))
    if state["state"] != "live":
        raise NoPictureNow(state["reason"] or f"The camera is {state['state']}.", retry_after_s=10)
    await watch("annotated" if boxes and people is None else "frame", [camera.pk])
    while time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_S)
        if (found := await _newest(camera.pk, boxes, people)) is not None:
            return found
    raise NoPictureNow("The camera is live, but no picture of it came in time.", retry_after_s=2)


async def _newest(camera_id: int, boxes: bool, people: frozenset[str] | None) -> bytes | None:
    """Returns the newest picture, or None.

    The worker's own drawing contains every name, so a caller who may not see them all gets a separate drawing.
    """
    if boxes and people is None:
        worker_drew = await newest_annotated(camera_id)
        return worker_drew and worker_drew.jpeg
    plain = await newest_frame(camera_id)
    if plain is None or not boxes:
        return plain and unpack_frame(plain[1])[1]
    return await asyncio.to_thread(drawn, plain[1], people or frozenset())
