"""The newest picture of each camera, in Django's cache: one key each, so pictures never queue.

`frame:<camera id>` is exactly the binary websocket message, `annotated:<camera id>` is (frame number, JPEG with
the boxes burnt in). Both leave the cache after 5 s: an old picture must not be taken for a live one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from streams.cache import shared_cache
from streams.events.frames import pack_frame, unpack_header
from streams.events.shapes import FrameHeader

logger = logging.getLogger(__name__)

KEEP_S = 5


async def put_frame(camera_id: int, header: FrameHeader, jpeg: bytes) -> None:
    await _in_thread(shared_cache().set, f"frame:{camera_id}", pack_frame(header, jpeg), KEEP_S)


async def put_annotated(camera_id: int, frame: int, jpeg: bytes) -> None:
    await _in_thread(shared_cache().set, f"annotated:{camera_id}", (frame, jpeg), KEEP_S)


async def newest_frame(camera_id: int) -> tuple[int, bytes] | None:
    """Frame number and message of the newest picture; None when there was none for 5 s."""
    message: bytes | None = await _in_thread(shared_cache().get, f"frame:{camera_id}")
    return None if message is None else (unpack_header(message)["frame"], message)


async def newest_annotated(camera_id: int) -> tuple[int, bytes] | None:
    """Frame number and JPEG with boxes of the newest picture; None when there was none for 5 s."""
    found: tuple[int, bytes] | None = await _in_thread(shared_cache().get, f"annotated:{camera_id}")
    return found


async def _in_thread(function: Any, *args: Any) -> Any:
    """The cache may be a Redis away; a cache that fails costs pictures, not the worker or the socket."""
    try:
        return await asyncio.to_thread(function, *args)
    except Exception as error:  # noqa: BLE001 - each cache backend has exceptions of its own
        logger.warning("the cache did not answer: %s", type(error).__name__)
        return None
