"""Stores whole frames and clips beside the recording of sightings, which never waits for them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from streams.running.footage import keep_footage
from streams.running.outbox import PendingFootage
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

# 32 MB: some 400 whole frames, which a distant bucket takes in half a minute.
MOST_BYTES = 32_000_000
PAUSE_S = 2.0


class FootageStore:
    """`put` never waits; the oldest is dropped, and counted, when too much waits."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.dropped = 0
        self._most_bytes, self._bytes = most_bytes, 0
        self._waiting: deque[PendingFootage] = deque()
        self._there, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._database = DatabaseThread("footage")

    def put(self, pending: PendingFootage) -> None:
        self._waiting.append(pending)
        self._bytes += len(pending.footage.content)
        while self._bytes > self._most_bytes:
            self._next()
            self.dropped += 1
        self._there.set()

    async def run(self) -> None:
        """Stores until cancelled."""
        while True:
            self._there.clear()
            while self._waiting:
                self._idle.clear()
                await self._keep(self._next())
            self._idle.set()
            await self._there.wait()

    async def flush(self, timeout_s: float) -> bool:
        """Waits until everything is stored; returns False if `timeout_s` was not enough."""
        end = time.monotonic() + timeout_s
        while self._waiting or not self._idle.is_set():
            if time.monotonic() > end:
                logger.warning("%d frames and clips are left unstored", len(self._waiting) + 1)
                return False
            await asyncio.sleep(0.02)
        return True

    async def close(self) -> None:
        await self._database.close()

    def _next(self) -> PendingFootage:
        pending = self._waiting.popleft()
        self._bytes -= len(pending.footage.content)
        return pending

    async def _keep(self, pending: PendingFootage) -> None:
        """Waits for a database that is away; any other failure, such as a full storage, costs this frame or clip."""
        while True:
            try:
                await self._database.call(keep_footage, camera_id=pending.camera_id, footage=pending.footage)
                return
            except UNREACHABLE:
                await asyncio.sleep(PAUSE_S)
            except Exception:  # each storage backend has exceptions of its own
                self.dropped += 1
                logger.exception("a %s of camera %s could not be stored", pending.footage.kind, pending.camera_id)
                return
