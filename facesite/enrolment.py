"""Enrolment on the worker: the job, and the channel "enrolment" whose messages say when to look for photos."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from channels.consumer import AsyncConsumer

from people.enrolling.enroller import Enroller
from people.figures import Figure
from streams.running.database import UNREACHABLE

logger = logging.getLogger(__name__)

PAUSE_S = 5.0


class EnrolmentJob:
    def __init__(self, enroller: Enroller | None = None) -> None:
        self.is_ready = True
        self._enroller = enroller or Enroller()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """A photo may be waiting."""
        self._wake.set()

    def figures(self) -> list[Figure]:
        """None: the backlog stands in the rows, and is the same for every worker."""
        return []

    async def run(self, stop: asyncio.Event) -> None:
        """A database that is away is waited for: it must not cost the cameras that share this worker."""
        while not stop.is_set():
            try:
                await self._enroller.run(stop, self._wake)
            except UNREACHABLE as error:
                logger.warning("enrolment waits for the database (%s)", type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), PAUSE_S)


class EnrolmentConsumer(AsyncConsumer):  # type: ignore[misc]
    async def worker_started(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()

    async def worker_tick(self, message: dict[str, Any]) -> None:
        """The enroller looks by itself every few seconds."""

    async def worker_stopping(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()

    async def photos_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()
