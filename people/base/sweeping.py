"""Works off what is due in the database, and waits in between for a doorbell or the next sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

# 5 s: a lost doorbell delays work by no more than this.
SWEEP_S = 5.0


class StopFlag(Protocol):
    """Tells whether this worker should stop: an asyncio.Event, read from another thread."""

    def is_set(self) -> bool: ...


async def sweep(stop: asyncio.Event, wake: asyncio.Event, work_next: Callable[[], Awaitable[bool]]) -> None:
    """Works until `stop`: at once again while `work_next` returns True, then at every `wake` and every SWEEP_S."""
    while not stop.is_set():
        wake.clear()
        if await work_next():
            continue
        try:
            async with asyncio.timeout(SWEEP_S):
                await wake.wait()  # the worker also sets it when it stops
        except TimeoutError:
            continue
