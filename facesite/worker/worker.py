"""The worker process: Channels' worker with a life cycle.

Channels' own worker does nothing before the first message, cleans nothing up on SIGTERM, and continues unnoticed when
one of its listeners dies. This one tells every channel when it starts, ticks and stops, runs a job for each channel,
and ends with an error as soon as a listener or a job ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any

from channels.layers import get_channel_layer
from channels.routing import get_default_application
from channels.worker import Worker
from prometheus_client.metrics_core import Metric

from facesite.monitoring.logging import identify
from facesite.worker.alive import sign_of_life
from facesite.worker.jobs import JOBS, Job, JobKind
from facesite.worker.metrics import serve_metrics
from facesite.worker.patience import Patience
from people.base.doorbells import GROUP

logger = logging.getLogger(__name__)

TICK_S = 5.0
# Children get 5 s and writing 4 s; after DRAIN_S the worker cancels jobs that still run.
DRAIN_S = 15.0


class WorkerFailed(Exception):
    """A part of the worker ended too early, so the process must end and be restarted."""


class LifecycleWorker(Worker):  # type: ignore[misc]
    """Runs jobs: `run()` in its own process, `await run_until_stopped()` in an event loop shared with other code."""

    def __init__(
        self,
        application: Any,
        channels: Sequence[str],
        channel_layer: Any,
        max_applications: int = 1000,
        *,
        kinds: Mapping[str, JobKind] = JOBS,
    ) -> None:
        super().__init__(application, channels, channel_layer, max_applications)
        if unknown := set(channels) - kinds.keys():
            raise ValueError(f"expected channels of {sorted(kinds)}, got {sorted(unknown)}")
        self.kinds = kinds
        self.jobs: dict[str, Job] = {channel: kinds[channel].make() for channel in channels}
        self._stop = asyncio.Event()

    @classmethod
    def embedded(cls) -> LifecycleWorker:
        """Returns a worker with every job, for the process that also serves the pages."""
        return cls(get_default_application(), list(JOBS), get_channel_layer())

    @property
    def is_ready(self) -> bool:
        """Whether every job is ready."""
        return all(job.is_ready for job in self.jobs.values())

    def figures(self) -> list[Metric]:
        """Of all jobs, for monitoring; from any thread."""
        return [figure for job in self.jobs.values() for figure in job.figures()]

    def stop(self) -> None:
        """Makes `run_until_stopped` finish its jobs and return."""
        self._stop.set()

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT. Raises WorkerFailed."""
        identify(worker=f"{socket.gethostname()}:{os.getpid()}")  # names of lease holders begin the same way
        asyncio.run(self._run_with_signals())

    async def arun(self) -> None:
        await self.run_until_stopped()

    async def run_until_stopped(self) -> None:
        """Runs until `stop()`. Raises WorkerFailed if a listener or a job ends before, or a job fails to stop."""
        jobs = _tasks((f"job {name}", job.run(self._stop)) for name, job in self.jobs.items())
        listeners = _tasks(self._listeners())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({*jobs, *listeners, stopping}, return_when=asyncio.FIRST_COMPLETED)
            failed = [task for task in (*jobs, *listeners) if task.done() and not self._stop.is_set()]
        finally:
            stopping.cancel()
            await self._drain(jobs, listeners)
        for task in failed:
            error = None if task.cancelled() else task.exception()
            logger.error("%s ended", task.get_name(), exc_info=error)
            raise WorkerFailed(f"{task.get_name()} ended: {error!r}") from error
        for task in jobs:
            if not task.cancelled() and (error := task.exception()):
                logger.error("%s did not stop cleanly", task.get_name(), exc_info=error)
                raise WorkerFailed(f"{task.get_name()} did not stop cleanly: {error!r}") from error

    async def listener(self, channel: str) -> None:
        """Hands every message of `channel` to its consumer."""
        patience = Patience(f"the channel {channel}")
        while True:
            try:
                message = await self.channel_layer.receive(channel)
            except Exception as error:  # noqa: BLE001 - each layer has its own; borne for a while, then raised
                await patience.bear(error)
                continue
            patience.relieve()
            self._deliver(channel, message)

    async def _run_with_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.stop)
        async with serve_metrics(self.figures):
            await self.run_until_stopped()

    def _listeners(self) -> Iterable[tuple[str, Coroutine[Any, Any, None]]]:
        yield "application checker", self.application_checker()
        yield "life cycle", self._live()
        yield "doorbells", self._hear_doorbells()
        for channel in self.channels:
            yield f"listener of {channel}", self.listener(channel)

    async def _live(self) -> None:
        self._deliver_to_all("worker.started")
        while True:
            sign_of_life()
            await asyncio.sleep(TICK_S)
            self._deliver_to_all("worker.tick")

    async def _hear_doorbells(self) -> None:
        """Hands doorbells to the jobs that want them. Each worker needs them all, so it joins with its own channel."""
        # The default prefix: channels_redis listens to only one prefix per process, the first that is used.
        own = await self.channel_layer.new_channel()
        patience = Patience("hearing doorbells")
        while True:
            try:
                message = await self._next_doorbell(own)
            except Exception as error:  # noqa: BLE001 - each layer has its own; borne for a while, then raised
                await patience.bear(error)
                continue
            patience.relieve()
            for channel in self.channels:
                if message and message["type"] in self.kinds[channel].doorbells:
                    self._deliver(channel, message)

    async def _next_doorbell(self, own: str) -> dict[str, Any] | None:
        """Returns the next doorbell, or None if none rang for TICK_S."""
        # It joins the group again each time: layers drop members after a day, and members that are slow for a minute.
        await self.channel_layer.group_add(GROUP, own)
        try:
            async with asyncio.timeout(TICK_S):
                message: dict[str, Any] = await self.channel_layer.receive(own)
        except TimeoutError:
            return None
        return message

    def _deliver(self, channel: str, message: dict[str, Any]) -> None:
        if not message.get("type"):
            raise ValueError(f"a message without a type came on {channel}")
        scope = {"type": "channel", "channel": channel, "job": self.jobs[channel]}
        self.get_or_create_application_instance(channel, scope).put_nowait(message)

    def _deliver_to_all(self, message_type: str) -> None:
        for channel in self.channels:
            self._deliver(channel, {"type": message_type})

    async def _drain(self, jobs: Sequence[asyncio.Task[None]], listeners: Sequence[asyncio.Task[None]]) -> None:
        self._stop.set()
        for listener in listeners:
            listener.cancel()
        self._deliver_to_all("worker.stopping")
        _, late = await asyncio.wait(jobs, timeout=DRAIN_S) if jobs else ((), ())
        for task in late:
            logger.error("%s did not finish within %.0f s", task.get_name(), DRAIN_S)
        consumers = [instance["future"] for instance in self.application_instances.values()]
        for task in (*late, *consumers):
            task.cancel()
        await asyncio.gather(*jobs, *listeners, *consumers, return_exceptions=True)


def _tasks(parts: Iterable[tuple[str, Coroutine[Any, Any, None]]]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(part, name=name) for name, part in parts]
