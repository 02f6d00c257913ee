"""Measures a gallery of any size in use: the first load, a change until every camera decides by it, and memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID, uuid4

import numpy as np
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.utils import timezone

from facesite.lab.deciding_child import decides
from facesite.lab.filling import copy_encodings
from facesite.lab.processes import cpu_s, memory_mb
from people.gallery.in_use import GalleryInUse
from people.recognition.engine.kinds import engine_key, width_of
from people.recognition.types import Matrix
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.person import Person
from streams.pipeline.messages import CameraConfig, UseGallery
from streams.running.child import CameraChild
from streams.running.galleries import GalleryKeeper

AT_ONCE = 50_000
PATIENCE_S = 180.0

# Ids are made from numbers, so that rows can name each other.
_PEOPLE = """
INSERT INTO people_person (id, name, folded_name, notes, metadata, created_at, updated_at)
SELECT md5('person' || n)::uuid, 'Person ' || n, 'person ' || n, '', '{}', now(), now() FROM generate_series(1, %s) n;
INSERT INTO people_photo (id, person_id, image, crop, original_name, sha256, state, reason, reason_detail, faces,
    attempts, claimed_by, created_at)
SELECT md5('photo' || n)::uuid, md5('person' || n)::uuid, 'photos/' || n, '', '', lpad(n::text, 64, '0'), 'enrolled',
    '', '{}', '[]', 0, '', now() FROM generate_series(1, %s) n;
"""


@dataclass(slots=True)
class GalleryTiming:
    """Seconds, milliseconds (`p50` and `p95`) and MB."""

    people: int
    cameras: int
    first_s: float = 0.0
    """From an empty worker to a gallery in memory."""
    first_cpu_s: float = 0.0
    """Processor time of the worker for it; Postgres works beside it."""
    all_decide_s: float = 0.0
    """From there until every child has looked up faces in it."""
    change_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    """By kind, from the commit until every child has looked up faces in the new version."""
    change_cpu_ms: float = 0.0
    """Processor time of worker and children together for one change, on average."""
    child_mb: dict[str, float] = field(default_factory=dict)
    """Mean of the children, before and with the gallery: `pss`, and `own`, which no other process has a part in."""
    worker_mb: dict[str, float] = field(default_factory=dict)
    """Resident, before and with the gallery; it includes the memory that the children share."""
    web_first_s: float = 0.0
    web_change_ms: dict[str, float] = field(default_factory=dict)


def fill_gallery(people: int) -> None:
    """Fills an empty, migrated database with people of one photo each, whose faces are random directions."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [people, people])
    for first in range(1, people + 1, AT_ONCE):
        photos = np.arange(first, min(first + AT_ONCE, people + 1))
        copy_encodings(photos, _directions(len(photos), first), engine_key())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


async def measured(people: int, *, cameras: int, changes: int) -> GalleryTiming:
    """Measures a database that fill_gallery has filled; makes each kind of change `changes` times."""
    timing = GalleryTiming(people, cameras)
    try:
        async with _children(cameras) as children:
            await _worker(timing, children, changes)
        await sync_to_async(_web)(timing, changes)
    finally:
        await sync_to_async(connections.close_all)()  # of the thread that it runs in
    return timing


class _Children:
    """The children, and the version by which each of them decides."""

    def __init__(self, count: int) -> None:
        self._heard: dict[int, int] = {}
        self._news = asyncio.Event()
        configs = [CameraConfig(n, f"camera-{n}", "0", False, 5.0, 80, None, "", "") for n in range(count)]
        self.all = [CameraChild(config, decides, self._hear(config.camera_id)) for config in configs]

    def _hear(self, number: int) -> Callable[[object], None]:
        def hear(version: object) -> None:
            assert isinstance(version, int)
            self._heard[number] = version
            self._news.set()

        return hear

    def use(self, gallery: UseGallery) -> None:
        for child in self.all:
            child.send(gallery)

    async def decide_by(self, version: int) -> None:
        """Waits until every child decides by this version or a later one."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self._heard) < len(self.all) or min(self._heard.values()) < version:
                self._news.clear()
                await self._news.wait()

    def cpu_s(self) -> float:
        return sum(cpu_s(child.pid) for child in self.all)

    def memory_mb(self, when: str) -> dict[str, float]:
        each = [memory_mb(child.pid) for child in self.all]
        return {
            f"pss_{when}": round(float(np.mean([pss for pss, _own in each])), 1),
            f"own_{when}": round(float(np.mean([own for _pss, own in each])), 1),
        }


@asynccontextmanager
async def _children(count: int) -> AsyncIterator[_Children]:
    children = _Children(count)
    try:
        for child in children.all:
            await child.start()
        await children.decide_by(0)
        yield children
    finally:
        for child in children.all:
            await child.stop()


async def _worker(timing: GalleryTiming, children: _Children, changes: int) -> None:
    timing.child_mb = children.memory_mb("before")
    timing.worker_mb = {"before": _resident_mb()}
    keeper, stop = GalleryKeeper(children.use), asyncio.Event()
    started, cpu = perf_counter(), process_time()
    await keeper.look()
    timing.first_s, timing.first_cpu_s = round(perf_counter() - started, 2), round(process_time() - cpu, 2)
    assert keeper.current is not None
    await children.decide_by(keeper.current.gallery.version)
    timing.all_decide_s = round(perf_counter() - started - timing.first_s, 2)
    timing.child_mb |= children.memory_mb("with")
    timing.worker_mb["with"] = _resident_mb()
    running, cpu = asyncio.create_task(keeper.run(stop)), process_time() + children.cpu_s()
    for number, (kind, change) in enumerate(CHANGES.items()):
        took = []
        for person in range(number * changes + 1, (number + 1) * changes + 1):
            version = await sync_to_async(_committed)(change, person)
            began = perf_counter()
            keeper.bell.ring()
            await children.decide_by(version)
            took.append(1000 * (perf_counter() - began))
        timing.change_ms[kind] = _spread(took)
    spent = process_time() + children.cpu_s() - cpu
    timing.change_cpu_ms = round(1000 * spent / (changes * len(CHANGES)), 1)
    stop.set()
    keeper.bell.ring()
    await running
    await keeper.close()


def _web(timing: GalleryTiming, changes: int) -> None:
    gallery, engine = GalleryInUse(), engine_key()
    started = perf_counter()
    gallery.get(engine)
    timing.web_first_s = round(perf_counter() - started, 2)
    took = []
    for person in range(timing.people - changes, timing.people):
        _committed(_retire, person)
        began = perf_counter()
        gallery.get(engine)
        took.append(1000 * (perf_counter() - began))
    timing.web_change_ms = _spread(took)


def _committed(change: Callable[[UUID], None], number: int) -> int:
    """Makes the change and returns the gallery's version with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5('person' || %s)::uuid", [number])
        with transaction.atomic():
            change(cursor.fetchone()[0])
        cursor.execute("SELECT version FROM people_galleryversion")
        return int(cursor.fetchone()[0])


def _retire(person: UUID) -> None:
    Person.objects.filter(pk=person).update(retired_at=timezone.now())


def _rename(person: UUID) -> None:
    Person.objects.filter(pk=person).update(name=f"Renamed {person}")


def _read_anew(person: UUID) -> None:
    vector = _directions(1, person.int % 2**32)[0]
    Encoding.objects.filter(photo__person=person).update(vector=vector)


def _refuse(person: UUID) -> None:
    vector = _directions(1, person.int % 2**31)[0]
    CounterExample.objects.create(person_id=person, engine=engine_key(), vector=vector, sighting_id=uuid4())


CHANGES: dict[str, Callable[[UUID], None]] = {
    "retired": _retire,
    "renamed": _rename,
    "read anew": _read_anew,
    "said not to be them": _refuse,
}


def _directions(count: int, seed: int) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((count, width_of(engine_key())), np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(np.percentile(values, share)), 1) for name, share in (("p50", 50), ("p95", 95))}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
