"""The consumer of the worker's channel "recognition", whose messages only say when to look at the database."""

from __future__ import annotations

from typing import Any

from channels.consumer import AsyncConsumer

from streams.running.supervisor import Supervisor


class RecognitionConsumer(AsyncConsumer):  # type: ignore[misc]
    """Wakes the supervisor. That one lives on the worker, so an error here costs this consumer, never a camera."""

    @property
    def supervisor(self) -> Supervisor:
        job: Supervisor = self.scope["job"]
        return job

    async def worker_started(self, message: dict[str, Any]) -> None:
        self.supervisor.wake()

    async def worker_tick(self, message: dict[str, Any]) -> None:
        """Does nothing: the supervisor sweeps by itself."""

    async def worker_stopping(self, message: dict[str, Any]) -> None:
        self.supervisor.wake()

    async def cameras_changed(self, message: dict[str, Any]) -> None:
        self.supervisor.wake()

    async def gallery_changed(self, message: dict[str, Any]) -> None:
        self.supervisor.wake_gallery()

    async def sightings_said(self, message: dict[str, Any]) -> None:
        self.supervisor.wake_said()

    async def viewers_changed(self, message: dict[str, Any]) -> None:
        self.supervisor.wake_viewers()

    async def rules_changed(self, message: dict[str, Any]) -> None:
        self.supervisor.wake_rules()

    async def trial_wanted(self, message: dict[str, Any]) -> None:
        self.supervisor.trials.take(str(message["trial"]))

    async def search_wanted(self, message: dict[str, Any]) -> None:
        self.supervisor.searches.take(str(message["search"]))
