"""The worker's loop: its channel, its doorbells, and jobs that fail."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from channels.consumer import AsyncConsumer
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from facesite.worker import database_jobs, patience
from facesite.worker.jobs import JobKind
from facesite.worker.worker import LifecycleWorker, WorkerFailed
from people.base.doorbells import GROUP

ROOT = Path(__file__).resolve().parents[3]


class Heard(list[str]):
    async def until(self, kind: str) -> None:
        async with asyncio.timeout(5):
            while kind not in self:
                await asyncio.sleep(0.01)


class ScriptedJob:
    """Runs until it is stopped, or does as it is told."""

    def __init__(self) -> None:
        self.is_ready = True
        self.heard = Heard()
        self.error: Exception | None = None
        self.returns_early = False
        self.drained = False

    def wake(self) -> None: ...

    def figures(self) -> list[Metric]:
        return [GaugeMetricFamily("jobs_done", "How many.", 2)]

    async def run(self, stop: asyncio.Event) -> None:
        if self.error:
            raise self.error
        if not self.returns_early:
            await stop.wait()
        await asyncio.sleep(0.05)
        self.drained = True


class DeafLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """Fails as Redis does when it is shut down."""

    async def receive(self, channel: str) -> dict[str, Any]:
        raise ConnectionError("the layer is gone")


class Listening(AsyncConsumer):  # type: ignore[misc]
    """Notes what it hears on its job; trips over "trip"."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        if message["type"] == "trip":
            raise RuntimeError("tripped")
        self.scope["job"].heard.append(message["type"])


def worker_with(job: ScriptedJob) -> LifecycleWorker:
    application = ProtocolTypeRouter({"channel": ChannelNameRouter({"jobs": Listening.as_asgi()})})
    kinds = {"jobs": JobKind(lambda: job, frozenset({"photos.changed"}))}
    return LifecycleWorker(application, ["jobs"], get_channel_layer(), kinds=kinds)


@pytest.fixture
def job() -> ScriptedJob:
    return ScriptedJob()


async def stop(worker: LifecycleWorker, running: asyncio.Task[None]) -> None:
    worker.stop()
    await asyncio.wait_for(running, 5)


async def test_a_channel_hears_of_start_ticks_and_stop(job: ScriptedJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facesite.worker.worker.TICK_S", 0.05)
    worker = worker_with(job)
    running = asyncio.create_task(worker.run_until_stopped())
    await job.heard.until("worker.tick")
    await stop(worker, running)
    assert job.heard[0] == "worker.started"
    assert job.heard[-1] == "worker.stopping"
    assert job.drained


async def test_messages_of_the_channel_and_doorbells_of_the_group_arrive(job: ScriptedJob) -> None:
    worker, layer = worker_with(job), get_channel_layer()
    running = asyncio.create_task(worker.run_until_stopped())
    await job.heard.until("worker.started")
    await layer.send("jobs", {"type": "for.the.channel"})
    await layer.group_send(GROUP, {"type": "cameras.changed"})
    await layer.group_send(GROUP, {"type": "photos.changed"})
    await job.heard.until("for.the.channel")
    await job.heard.until("photos.changed")
    assert "cameras.changed" not in job.heard
    await stop(worker, running)


async def test_a_consumer_that_trips_is_made_anew_and_costs_nothing(job: ScriptedJob) -> None:
    worker, layer = worker_with(job), get_channel_layer()
    running = asyncio.create_task(worker.run_until_stopped())
    await job.heard.until("worker.started")
    await layer.send("jobs", {"type": "trip"})
    await asyncio.sleep(0.3)
    await layer.send("jobs", {"type": "after"})
    await job.heard.until("after")
    await stop(worker, running)


async def test_a_job_that_fails_ends_the_worker(job: ScriptedJob) -> None:
    job.error = OSError("disk full")
    with pytest.raises(WorkerFailed, match="job jobs ended: OSError"):
        await asyncio.wait_for(worker_with(job).run_until_stopped(), 5)


async def test_a_job_that_ends_early_ends_the_worker(job: ScriptedJob) -> None:
    job.returns_early = True
    with pytest.raises(WorkerFailed, match="job jobs ended"):
        await asyncio.wait_for(worker_with(job).run_until_stopped(), 5)


async def test_a_layer_that_fails_for_a_while_is_borne(job: ScriptedJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_S", 0.01)
    worker, layer = worker_with(job), get_channel_layer()
    worker.channel_layer = DeafLayer()
    running = asyncio.create_task(worker.run_until_stopped())
    await job.heard.until("worker.started")
    worker.channel_layer = layer
    await layer.send("jobs", {"type": "after"})
    await job.heard.until("after")
    await stop(worker, running)


async def test_a_layer_that_fails_for_long_ends_the_worker_and_its_jobs_are_drained(
    job: ScriptedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LIMIT_S", 0.0)
    worker = worker_with(job)
    worker.channel_layer = DeafLayer()
    with pytest.raises(WorkerFailed, match="the layer is gone"):
        await asyncio.wait_for(worker.run_until_stopped(), 5)
    assert job.drained


async def test_nothing_runs_on_after_the_worker_was_cancelled(job: ScriptedJob) -> None:
    before = asyncio.all_tasks()
    running = asyncio.create_task(worker_with(job).run_until_stopped())
    await job.heard.until("worker.started")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert job.drained
    assert asyncio.all_tasks() == before


class AwayForAWhile:
    """An enroller whose database is away at first."""

    calls = 0

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        self.calls += 1
        if self.calls < 3:
            raise OperationalError("gone")
        await stop.wait()


async def test_enrolment_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_jobs, "PAUSE_S", 0.01)
    enroller, stop = AwayForAWhile(), asyncio.Event()
    running = asyncio.create_task(database_jobs.EnrolmentJob(enroller).run(stop))  # type: ignore[arg-type]
    await asyncio.sleep(0.2)
    assert enroller.calls == 3
    stop.set()
    await running


class Conflicting:
    """A job that meets rows that are being deleted, so many times."""

    def __init__(self, times: int) -> None:
        self.left, self.began = times, asyncio.Event()

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        if self.left:
            self.left -= 1
            raise IntegrityError("gone")
        self.began.set()
        await stop.wait()


async def test_a_row_that_is_deleted_meanwhile_ends_no_worker_and_a_fault_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_jobs, "PAUSE_S", 0.01)
    twice, stop = Conflicting(2), asyncio.Event()
    running = asyncio.create_task(database_jobs.AlertsJob(twice).run(stop))  # type: ignore[arg-type]
    await asyncio.wait_for(twice.began.wait(), 5)
    stop.set()
    await running
    with pytest.raises(IntegrityError):
        await asyncio.wait_for(database_jobs.AlertsJob(Conflicting(9)).run(asyncio.Event()), 5)  # type: ignore[arg-type]


def test_an_unknown_channel_is_refused_in_words(db: None) -> None:
    with pytest.raises(CommandError, match="recognition"):
        call_command("runworker", "nonsense")


@pytest.mark.integration
def test_the_process_leaves_with_0_on_sigterm_and_leaves_nothing_behind(
    migrated_site: Callable[[Path], Path], tmp_path: Path
) -> None:
    env = {**os.environ, "VAR": str(migrated_site(tmp_path)), "DJANGO_SETTINGS_MODULE": "facesite.settings"}
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen([sys.executable, "manage.py", "runworker"], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 90
        while "gallery version" not in (tmp_path / "log").read_text() and time.monotonic() < end:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0, (tmp_path / "log").read_text()
    finally:
        process.kill()
        log.close()
    assert str(tmp_path) not in processes()


def processes() -> str:
    """Command lines of everything that runs."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return "\n".join(found)
