"""A job of the worker that finds its work in the database, and waits while the database is away."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Protocol

from channels.consumer import AsyncConsumer
from prometheus_client.metrics_core import Metric

from streams.running.database import UNREACHABLE

logger = logging.getLogger(__name__)

PAUSE_S = 5.0


class Runs(Protocol):
    """What does the work: looks for it at every `wake`, and every few seconds without one."""

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None: ...


class PatientJob:
    def __init__(self, name: str, work: Runs) -> None:
        self.is_ready = True
        self._name = name
        self._work = work
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    def figures(self) -> list[Metric]:
        """None: the backlog stands in the rows, and is the same for every worker."""
        return []

    async def run(self, stop: asyncio.Event) -> None:
        """A database that is away is waited for: it must not cost the cameras that share this worker."""
        while not stop.is_set():
            try:
                await self._work.run(stop, self._wake)
            except UNREACHABLE as error:
                logger.warning("%s waits for the database (%s)", self._name, type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), PAUSE_S)


class WakingConsumer(AsyncConsumer):  # type: ignore[misc]
    """Wakes the job when the worker starts and stops; a subclass adds the doorbells that it hears."""

    async def worker_started(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()

    async def worker_tick(self, message: dict[str, Any]) -> None:
        """The job looks by itself every few seconds."""

    async def worker_stopping(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()
