"""The worker's jobs besides cameras, which find work in the database and wait while it is unreachable."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any, Protocol

from channels.consumer import AsyncConsumer
from django.db import IntegrityError
from prometheus_client.metrics_core import Metric

from people.enrolling.enrollers import Enrollers
from people.imports.importer import Importer
from streams.access_requests.making import access_request_loop
from streams.alerting.absences import AbsenceWatch
from streams.cases.making import case_loop
from streams.channels.deliverer import Deliverer
from streams.correcting.working import IdentityEditor
from streams.erasing.erasing import erasure_loop
from streams.strangers.joiner import Joiner
from streams.videos.analysing import video_loop
from streams.wire.database_thread import UNREACHABLE

logger = logging.getLogger(__name__)

PAUSE_S = 5.0
MOST_CONFLICTS, SOON_S = 3, 60.0
"""So many conflicts, each so soon after the one before, are a fault of ours and end the worker. A row that is deleted
between a job's read and its commit breaks a foreign key once: its transaction ended, and the next does not find it."""


class Runs(Protocol):
    """Does the work: looks for it at every `wake`, and every few seconds without one."""

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None: ...


class PatientJob:
    def __init__(self, name: str, work: Runs) -> None:
        self.is_ready = True
        self._name = name
        self._work = work
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Tells the job that there may be work."""
        self._wake.set()

    def figures(self) -> list[Metric]:
        """None: the backlog stands in the rows, and is the same for every worker."""
        return []

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`; waits for an unreachable database, which must not end the cameras on this worker.

        Nor does a conflict with somebody who deletes a row at this moment. Raises IntegrityError for MOST_CONFLICTS
        of them, each within a minute of the one before.
        """
        conflicts, last_s = 0, float("-inf")
        while not stop.is_set():
            try:
                await self._work.run(stop, self._wake)
            except UNREACHABLE as error:
                logger.warning("%s waits for the database (%s)", self._name, type(error).__name__)
                await self._pause(stop)
            except IntegrityError:
                conflicts = conflicts + 1 if time.monotonic() - last_s < SOON_S else 1
                last_s = time.monotonic()
                if conflicts == MOST_CONFLICTS:
                    raise
                logger.warning("%s begins again after a conflict", self._name, exc_info=True)
                await self._pause(stop)

    async def _pause(self, stop: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE_S)


class WakingConsumer(AsyncConsumer):  # type: ignore[misc]
    """Wakes the job when the worker starts and stops; a subclass adds the doorbells that it hears."""

    async def worker_started(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()

    async def worker_tick(self, message: dict[str, Any]) -> None:
        """Does nothing: the job looks for work by itself every few seconds."""

    async def worker_stopping(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class EnrolmentJob(PatientJob):
    def __init__(self, enrollers: Runs | None = None) -> None:
        super().__init__("enrolment", enrollers or Enrollers())


class EnrolmentConsumer(WakingConsumer):
    """Wakes the enrolment job on messages of the channel "enrolment"."""

    async def photos_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class ImportsJob(PatientJob):
    def __init__(self, importer: Runs | None = None) -> None:
        super().__init__("imports", importer or Importer())


class ImportsConsumer(WakingConsumer):
    """Wakes the import job on messages of the channel "imports"."""

    async def imports_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class StrangersJob(PatientJob):
    def __init__(self, joiner: Runs | None = None) -> None:
        super().__init__("strangers", joiner or Joiner())


class StrangersConsumer(WakingConsumer):
    """Wakes the job of strangers on messages of the channel "strangers"."""

    async def strangers_due(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class CasesJob(PatientJob):
    def __init__(self, loop: Runs | None = None) -> None:
        super().__init__("cases", loop or case_loop())


class CasesConsumer(WakingConsumer):
    """Wakes the job of cases on messages of the channel "cases"."""

    async def cases_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class VideosJob(PatientJob):
    def __init__(self, loop: Runs | None = None) -> None:
        super().__init__("videos", loop or video_loop())


class VideosConsumer(WakingConsumer):
    """Wakes the job of videos on messages of the channel "videos"."""

    async def videos_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class DeliveriesJob(PatientJob):
    def __init__(self, deliverer: Runs | None = None) -> None:
        super().__init__("deliveries", deliverer or Deliverer())


class DeliveriesConsumer(WakingConsumer):
    """Wakes the job of deliveries on messages of the channel "deliveries"."""

    async def deliveries_due(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class EditsJob(PatientJob):
    def __init__(self, editor: Runs | None = None) -> None:
        super().__init__("edits", editor or IdentityEditor())


class EditsConsumer(WakingConsumer):
    """Wakes the job of long edits on messages of the channel "edits"."""

    async def edits_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class AlertsJob(PatientJob):
    def __init__(self, watch: Runs | None = None) -> None:
        super().__init__("alerts", watch or AbsenceWatch())


class AlertsConsumer(WakingConsumer):
    """Wakes the job of alerts on messages of the channel "alerts"."""

    async def rules_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class ErasuresJob(PatientJob):
    def __init__(self, loop: Runs | None = None) -> None:
        super().__init__("erasures", loop or erasure_loop())


class ErasuresConsumer(WakingConsumer):
    """Wakes the job of erasures on messages of the channel "erasures"."""

    async def erasures_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()


class AccessRequestsJob(PatientJob):
    def __init__(self, loop: Runs | None = None) -> None:
        super().__init__("access requests", loop or access_request_loop())


class AccessRequestsConsumer(WakingConsumer):
    """Wakes the job of access requests on messages of the channel "access_requests"."""

    async def access_requests_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()
