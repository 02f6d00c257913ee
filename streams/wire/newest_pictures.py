"""The newest picture of each camera in Django's cache, under one key per camera, so that pictures never queue.

`frame:<camera id>` is exactly the binary websocket message, `annotated:<camera id>` is an Annotated. Both leave the
cache soon after they are old by their camera's pace, because an old picture must not be shown as live.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, NamedTuple

from streams.pipeline.clock import LATE_S
from streams.wire.cache import shared_cache
from streams.wire.frames import pack_frame, unpack_header
from streams.wire.shapes import FrameHeader

logger = logging.getLogger(__name__)

# 2 s: for the way to the cache and back, and for clocks that disagree; at the usual pace a picture stays for 5 s.
SPARE_S = 2


class Annotated(NamedTuple):
    """A picture with the boxes burnt in."""

    frame: int
    jpeg: bytes
    old_after_s: float
    """The same as Frame.old_after_s."""


async def put_frame(camera_id: int, header: FrameHeader, jpeg: bytes) -> None:
    keep_s = header["old_after_ms"] / 1000 + SPARE_S
    await _in_thread(shared_cache().set, f"frame:{camera_id}", pack_frame(header, jpeg), keep_s)


async def put_annotated(camera_id: int, frame: int, jpeg: bytes, old_after_s: float = LATE_S) -> None:
    picture = Annotated(frame, jpeg, old_after_s)
    await _in_thread(shared_cache().set, f"annotated:{camera_id}", picture, old_after_s + SPARE_S)


async def newest_frame(camera_id: int) -> tuple[int, bytes] | None:
    """Returns number and message of the newest frame; None if there is none, or only an old one."""
    message: bytes | None = await _in_thread(shared_cache().get, f"frame:{camera_id}")
    return None if message is None else (unpack_header(message)["frame"], message)


async def newest_annotated(camera_id: int) -> Annotated | None:
    """Returns the newest picture with boxes; None if there is none, or only an old one."""
    found: list[Any] | None = await _in_thread(shared_cache().get, f"annotated:{camera_id}")
    return None if found is None else Annotated(*found)


async def _in_thread(function: Any, *args: Any) -> Any:
    """Calls the cache in a thread, as it may be a Redis. If it fails, only pictures are lost, no worker or socket."""
    try:
        return await asyncio.to_thread(function, *args)
    except Exception as error:  # noqa: BLE001 - each cache backend has exceptions of its own
        logger.warning("the cache did not answer: %s", type(error).__name__)
        return None
