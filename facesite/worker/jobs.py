"""The jobs of a worker: one for each channel, with the doorbells that wake it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from prometheus_client.metrics_core import Metric

from facesite.worker.database_jobs import (
    AccessRequestsJob,
    AlertsJob,
    CasesJob,
    DeliveriesJob,
    EditsJob,
    EnrolmentJob,
    ErasuresJob,
    ImportsJob,
    StrangersJob,
    VideosJob,
)
from streams.running.supervisor import Supervisor


class Job(Protocol):
    """A job that runs as long as its worker; its channel's consumer calls `wake`."""

    @property
    def is_ready(self) -> bool: ...

    def wake(self) -> None: ...

    def figures(self) -> list[Metric]:
        """For monitoring; from any thread, without asking the database."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`, then finishes cleanly. Any exception ends the worker."""


@dataclass(frozen=True, slots=True)
class JobKind:
    make: Callable[[], Job]
    doorbells: frozenset[str]
    """Message types of the group "workers"."""


JOBS: dict[str, JobKind] = {
    "recognition": JobKind(
        Supervisor,
        frozenset(
            {
                "cameras.changed",
                "gallery.changed",
                "sightings.said",
                "rules.changed",
                "viewers.changed",
                "trial.wanted",
                "search.wanted",
            }
        ),
    ),
    "enrolment": JobKind(EnrolmentJob, frozenset({"photos.changed"})),
    "imports": JobKind(ImportsJob, frozenset({"imports.changed"})),
    "strangers": JobKind(StrangersJob, frozenset({"strangers.due"})),
    "cases": JobKind(CasesJob, frozenset({"cases.changed"})),
    "erasures": JobKind(ErasuresJob, frozenset({"erasures.changed"})),
    "access_requests": JobKind(AccessRequestsJob, frozenset({"access_requests.changed"})),
    "videos": JobKind(VideosJob, frozenset({"videos.changed"})),
    "deliveries": JobKind(DeliveriesJob, frozenset({"deliveries.due"})),
    "edits": JobKind(EditsJob, frozenset({"edits.changed"})),
    "alerts": JobKind(AlertsJob, frozenset({"rules.changed"})),
}
