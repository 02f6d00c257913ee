"""The newest frame of each camera, fetched once for all viewers of this process.

A hundred dashboards hear the same doorbell: the first asks the cache, the others wait for its answer and share it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.wire.newest_pictures import newest_frame

# 5 s: after this long without a doorbell, ask the cache whether the frame is still there.
KEEP_S = 5.0
Fetch = Callable[[int], Awaitable[tuple[int, bytes] | None]]


@dataclass(frozen=True, slots=True)
class _Kept:
    frame: int
    message: bytes
    until_s: float


class NewestFrames:
    """Call `rang` when a doorbell is heard, then `get`, both from one event loop."""

    def __init__(self, fetch: Fetch = newest_frame) -> None:
        self._fetch = fetch
        self._rung: dict[int, int] = {}
        self._kept: dict[int, _Kept] = {}
        self._asking: dict[int, asyncio.Task[tuple[int, bytes] | None]] = {}

    def rang(self, camera_id: int, frame: int) -> None:
        """Notes that this frame is in the cache. A late doorbell costs one more question, never an old frame."""
        self._rung[camera_id] = frame

    async def get(self, camera_id: int) -> tuple[int, bytes] | None:
        """Returns number and message of the newest frame; None if there is none, or only an old one."""
        kept = self._kept.get(camera_id)
        if kept and kept.frame == self._rung.get(camera_id) and time.monotonic() < kept.until_s:
            return kept.frame, kept.message
        asking = self._asking.get(camera_id)
        if asking is None:
            asking = self._asking[camera_id] = asyncio.create_task(self._ask(camera_id))
        return await asyncio.shield(asking)  # a viewer that leaves must not cancel the others' question

    async def _ask(self, camera_id: int) -> tuple[int, bytes] | None:
        try:
            newest = await self._fetch(camera_id)
        finally:
            del self._asking[camera_id]
        if newest is None:
            self._kept.pop(camera_id, None)
        else:
            self._kept[camera_id] = _Kept(*newest, time.monotonic() + KEEP_S)
        return newest


NEWEST = NewestFrames()
