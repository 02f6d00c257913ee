"""What a worker can do: a job per channel, and the doorbells that each wants to hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from prometheus_client.metrics_core import Metric

from facesite.worker.database_jobs import EnrolmentJob, ImportsJob
from streams.running.supervisor import Supervisor


class Job(Protocol):
    """Lives on the worker as long as the worker does; `wake` comes from its channel's consumer."""

    @property
    def is_ready(self) -> bool: ...

    def wake(self) -> None: ...

    def figures(self) -> list[Metric]:
        """For monitoring; from any thread, without asking the database."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, then finish cleanly. Whatever it raises ends the worker."""


@dataclass(frozen=True, slots=True)
class JobKind:
    make: Callable[[], Job]
    doorbells: frozenset[str]
    """Message types of the group "workers"."""


JOBS: dict[str, JobKind] = {
    "recognition": JobKind(
        Supervisor, frozenset({"cameras.changed", "gallery.changed", "viewers.changed", "trial.wanted"})
    ),
    "enrolment": JobKind(EnrolmentJob, frozenset({"photos.changed"})),
    "imports": JobKind(ImportsJob, frozenset({"imports.changed"})),
}
