"""A process with several simulated workers: the code of real ones, each with its own leases, over simulated children.

Fifty processes would take 7 GB. Workers in one process share its core and its connections for photos and imports.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import current_thread
from typing import Any

from facesite.lab.simulation.children import Script, SimulatedChild

TALLY_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to run; `log` takes its output."""

    workers: int
    capacity: int
    sightings_per_minute: float
    log: Path


@dataclass(frozen=True, slots=True)
class Turned:
    """A child began or ended at this time (seconds since 1970)."""

    camera: int
    worker: str
    began: bool
    at: float


@dataclass(slots=True)
class Tally:
    """What the workers of one process have done so far."""

    statements: Counter[str] = field(default_factory=Counter)
    """By who asked: leases, states, recording, gallery; the rest are photos and imports."""
    sweeps: list[tuple[float, float]] = field(default_factory=list)
    """When each one ended (seconds since 1970), and how many milliseconds it took."""
    refused: int = 0
    """Sightings that were not recorded."""


def run_workers(order: Order, pipe: Connection) -> None:
    """Runs workers until SIGTERM; tells of children (Turned) and, every second, a Tally."""
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    asyncio.run(_run(order, pipe))


async def _run(order: Order, pipe: Connection) -> None:
    import facesite.asgi  # noqa: F401 - sets Django up
    from people.records.person import Person

    people = [str(pk) async for pk in Person.objects.values_list("pk", flat=True)]
    tally = _counted()
    workers = [_worker(order, pipe, people, tally) for _ in range(order.workers)]
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: [worker.stop() for worker in workers])
    telling = asyncio.create_task(_tell(pipe, tally, workers))
    await asyncio.gather(*(worker.run_until_stopped() for worker in workers))
    telling.cancel()


def _counted() -> Tally:
    """Returns a tally that counts each statement on each connection made from now on."""
    from django.db.backends.signals import connection_created

    tally = Tally()

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        tally.statements[_asker()] += 1
        return execute(sql, params, many, context)

    def watch(connection: Any, **_: Any) -> None:
        if count not in connection.execute_wrappers:
            connection.execute_wrappers.append(count)

    connection_created.connect(watch, weak=False)
    return tally


def _asker() -> str:
    """Returns the concern of the thread that asks the database (streams/wire/database_thread.py)."""
    name = current_thread().name
    return name.removeprefix("database-").rpartition("_")[0] if name.startswith("database-") else "photos and imports"


def _worker(order: Order, pipe: Connection, people: list[str], tally: Tally) -> Any:
    from channels.layers import get_channel_layer
    from channels.routing import get_default_application

    from facesite.worker.jobs import JOBS, JobKind
    from facesite.worker.worker import LifecycleWorker

    make = partial(_supervisor, order, pipe, people, tally)
    kinds = {**JOBS, "recognition": JobKind(make, JOBS["recognition"].doorbells)}
    return LifecycleWorker(get_default_application(), list(kinds), get_channel_layer(), kinds=kinds)


def _supervisor(order: Order, pipe: Connection, people: list[str], tally: Tally) -> Any:
    from streams.pipeline.child.process import run_camera
    from streams.running.fleet import Fleet
    from streams.running.supervisor import Supervisor

    class TimedSupervisor(Supervisor):
        async def sweep(self) -> None:
            began = time.perf_counter()
            await super().sweep()
            tally.sweeps.append((time.time(), 1000 * (time.perf_counter() - began)))

    supervisor = TimedSupervisor(capacity=order.capacity)

    def turned(camera: int, *, began: bool) -> None:
        pipe.send(Turned(camera, supervisor.holder, began, time.time()))

    script = Script(people, order.sightings_per_minute, partial(turned, began=True), partial(turned, began=False))
    make_child = partial(SimulatedChild, script=script)
    supervisor.fleet = Fleet(supervisor.publisher, run_camera, make_child=make_child)
    return supervisor


async def _tell(pipe: Connection, tally: Tally, workers: list[Any]) -> None:
    while True:
        await asyncio.sleep(TALLY_EVERY_S)
        publishers = [worker.jobs["recognition"].publisher for worker in workers]
        tally.refused = sum(each.recorder.dropped + each.outbox.sightings_dropped for each in publishers)
        pipe.send(tally)
