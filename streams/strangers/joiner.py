"""The joiner of a worker: joins what is due, looks again now and then, and waits for a doorbell or the next sweep."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime

from channels.db import database_sync_to_async
from django.utils import timezone

from people.base.sweeping import sweep
from people.gallery.engines import usable_engine
from streams.strangers.in_sight import know_in_sight
from streams.strangers.joining import join_due
from streams.strangers.second_looks import LOOKED_BACK, look_again

LOOK_AGAIN_S = 600.0
"""Ten minutes: whoever belongs together has mostly met by then, and the inbox is not old."""


class Joiner:
    """Works on one batch at a time; any number of joiners, in any number of processes, take turns."""

    def __init__(self) -> None:
        self._looked_at = timezone.now() - LOOKED_BACK
        # Not all workers at the same time after a start.
        self._look_at_s = time.monotonic() + random.uniform(0.1, 1.0) * LOOK_AGAIN_S  # noqa: S311 - no secret

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Joins until `stop`; looks for work at every `wake`, and every few seconds without one."""
        await sweep(stop, wake, self._next)

    async def _next(self) -> bool:
        """Joins a batch; if none is due, looks who is in sight, and looks again if it is time for that."""
        if await database_sync_to_async(join_due)():
            return True
        await database_sync_to_async(know_in_sight)()
        await self._look_again_if_time()
        return False

    async def _look_again_if_time(self) -> None:
        if time.monotonic() < self._look_at_s:
            return
        self._look_at_s = time.monotonic() + LOOK_AGAIN_S
        since, self._looked_at = self._looked_at, timezone.now()
        # Its own thread: the shared one also renews leases.
        await database_sync_to_async(_look_again, thread_sensitive=False)(since)


def _look_again(since: datetime) -> int:
    return look_again(usable_engine(), seen_since=since)
