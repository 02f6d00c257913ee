"""Runs a real worker on cameras over RTSP, some with people in sight all the time, and measures what users would see.

The worker runs in this process with its database, and its cameras' children as in production. First the cameras come to
rest, then they are measured as they are; then people of the gallery change; then somebody steps into the picture of
cameras with nobody in sight.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

import numpy as np
from asgiref.sync import sync_to_async
from django.db import connections
from django.urls import get_resolver

from facesite.lab.cameras.enrolling import who
from facesite.lab.cameras.films import Films
from facesite.lab.cameras.hearing import HeardCamera, ListeningPublisher
from facesite.lab.cameras.report import CLIPS, FACES, CamerasAsked, CameraTiming
from facesite.lab.cameras.rtsp_server import APART, RtspServer, SentBy
from facesite.lab.cameras.stream_kinds import FPS, GROUP
from facesite.lab.demo.cast import SCENES
from facesite.lab.processes import children_of, cpu_s, memory_mb
from people.records.gallery_version import GalleryVersion
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.states import ClipLength
from streams.running.supervisor import Supervisor

ANALYSIS_FPS = 5.0
START_S = 120.0
"""Every camera must be live within this."""
SETTLE_S = 25.0
"""Cameras doze after 10 s, and learn from the packets of 2 s what is usual."""
MEASURED_S = 30.0
CHANGES = 10
CHANGE_WITHIN_S = 60.0
MOST_VISITED, VISITS_APART_S = 16, 3.0
SEEN_WITHIN_S = 5.0
"""A sighting that is told of so long after the visitor has gone is late, not missing."""
GRACE_S = 3.0
"""Around a scene: a sighting ends some seconds after the face."""


async def measured(wanted: CamerasAsked, films: Films, cast: dict[str, UUID]) -> CameraTiming:
    """Measures on an empty database with a gallery. `cast`: the film's people who are enrolled, by name.

    Raises ValueError if a camera does not become live, or a change does not arrive.
    """
    with RtspServer(films, wanted.kind) as server:
        await sync_to_async(_create)(wanted, server)
        try:
            async with _worker(wanted.cameras) as (supervisor, heard):
                return await _Measurement(wanted, films, server, supervisor, heard, cast).run()
        finally:
            await sync_to_async(connections.close_all)()  # of the thread that it runs in


def _create(wanted: CamerasAsked, server: RtspServer) -> None:
    kept = {"keeps_whole_frame": wanted.kept != FACES, "clip_seconds": ClipLength.LONG if wanted.kept == CLIPS else 0}
    for name in wanted.names:
        Camera.objects.create(name=name, slug=name, source=server.address(name), analysis_fps=ANALYSIS_FPS, **kept)


@asynccontextmanager
async def _worker(cameras: int) -> AsyncIterator[tuple[Supervisor, dict[str, HeardCamera]]]:
    get_resolver().url_patterns  # noqa: B018 - a worker's checks load them; else the first sighting would, 2 s long
    publisher = ListeningPublisher("benchmark")
    supervisor, stop = Supervisor(holder="benchmark", capacity=cameras, publisher=publisher), asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    try:
        yield supervisor, publisher.cameras
    finally:
        stop.set()
        await running


@dataclass(slots=True)
class _Measurement:
    wanted: CamerasAsked
    films: Films
    server: RtspServer
    supervisor: Supervisor
    heard: dict[str, HeardCamera]
    cast: dict[str, UUID]
    timing: CameraTiming = field(default_factory=CameraTiming)

    async def run(self) -> CameraTiming:
        began = time.monotonic()
        await self._until(self._all_live, START_S, "cameras are not live")
        self.timing.live_s = round(time.monotonic() - began, 1)
        await asyncio.sleep(SETTLE_S)
        await self._as_they_are()
        await self._change_people()
        await self._visit()
        self.timing.mbit_s = {name: round(getattr(self.films, name).mbit_s, 2) for name in ("still", "visit", "busy")}
        return self.timing

    async def _as_they_are(self) -> None:
        timing, cpu, server = self.timing, self._cpu_s(), cpu_s(self.server.pid)
        for camera in self.heard.values():
            camera.begin()
        read, began_s = self._read(), time.monotonic()
        await asyncio.sleep(MEASURED_S)
        took_s = time.monotonic() - began_s
        timing.cores = round((self._cpu_s() - cpu) / took_s, 2)
        timing.server_cores = round((cpu_s(self.server.pid) - server) / took_s, 2)
        timing.read_fps_min = round(min(_per_s(read[name], now) for name, now in self._read().items()), 1)
        busy = [self.heard[name] for name in self.wanted.busy_names]
        if busy:
            timing.analysed_fps_min = round(min(camera.looks for camera in busy) / took_s, 2)
            timing.look_ms_p95 = _p95([ms for camera in busy for ms in camera.looks_ms])
            timing.event_ms_p95 = _p95([ms for camera in busy for ms in camera.events_ms])
        timing.pss_mb_busy, timing.pss_mb_idle = map(self._memory_mb, (self.wanted.busy_names, self.wanted.idle_names))
        self._look_for_the_cast(time.time())

    def _look_for_the_cast(self, now_s: float) -> None:
        """Counts people of the busy cameras' films of whom there is no sighting by the right name."""
        sent = self.server.sent()
        for number, name in enumerate(self.wanted.busy_names):
            camera = self.heard[name]
            for person, began_s, ended_s in _scenes(self.films, sent[name], number, self.cast):
                if camera.began_s <= began_s and ended_s <= now_s:
                    self.timing.scenes += 1
                    self.timing.unseen += not camera.saw(person, began_s - GRACE_S, ended_s + GRACE_S)

    async def _change_people(self) -> None:
        took = []
        for number in range(CHANGES):
            version = await sync_to_async(_renamed)(number)
            began_s = time.monotonic()
            self.supervisor.wake_gallery()
            await self._until(partial(self._all_decide_by, version), CHANGE_WITHIN_S, "cameras kept a gallery")
            took.append(1000 * (self._last_to_decide_by(version) - began_s))
        self.timing.change_ms_p95 = _p95(took)

    async def _visit(self) -> None:
        visited = self.wanted.idle_names[:MOST_VISITED]
        for name in visited:
            self.server.visit(name)
            await asyncio.sleep(VISITS_APART_S)
        if visited:
            await asyncio.sleep(len(self.films.visit.pictures) / FPS + GROUP / FPS + SEEN_WITHIN_S)
        sent, took = self.server.sent(), []
        for name in visited:
            if not sent[name].visits:  # the camera was restarted, and what it had sent is forgotten
                raise ValueError(f"{name} lost its connection while it was visited: {self._reasons()}")
            visit, camera = sent[name].visits[0], self.heard[name]
            woken_s = camera.woken_after(visit.began_s)
            took.append(math.inf if woken_s is None else 1000 * (woken_s - visit.began_s))
            self.timing.unseen += not camera.saw(self.cast[who(SCENES[0].portrait.file)], visit.began_s, visit.ended_s)
        self.timing.visited, self.timing.wake_ms_p95 = len(visited), _p95(took)

    async def _until(self, true: Callable[[], bool], within_s: float, problem: str) -> None:
        end_s = time.monotonic() + within_s
        while not true():
            if time.monotonic() > end_s:
                raise ValueError(f"{problem} within {within_s:.0f} s: {self._reasons()}")
            await asyncio.sleep(0.05)

    def _reasons(self) -> str:
        said = {name: camera.heartbeat.reason for name, camera in self.heard.items() if camera.heartbeat}
        return "; ".join(f"{name}: {said.get(name) or 'nothing said'}" for name in self.wanted.names)[:500]

    def _all_live(self) -> bool:
        return all(name in self.heard and self.heard[name].is_live for name in self.wanted.names)

    def _all_decide_by(self, version: int) -> bool:
        return all(camera.version >= version for camera in self.heard.values())

    def _last_to_decide_by(self, version: int) -> float:
        return max(next(at_s for seen, at_s in c.versions if seen >= version) for c in self.heard.values())

    def _read(self) -> dict[str, tuple[int, datetime]]:
        beats = {name: camera.heartbeat for name, camera in self.heard.items()}
        return {name: (beat.frames_read, beat.sent_at) for name, beat in beats.items() if beat}

    def _cpu_s(self) -> float:
        """Processor time of this process, of the children, and of the process that they are forked from."""
        pids = {runner.pid for runner in self.supervisor.fleet.runners.values()}
        forking = {pid for pid in children_of(os.getpid()) if pid != self.server.pid}
        return sum(map(cpu_s, {os.getpid(), *pids, *forking}))

    def _memory_mb(self, names: Sequence[str]) -> float | None:
        pids = {runner.config.slug: runner.pid for runner in self.supervisor.fleet.runners.values()}
        return round(float(np.mean([memory_mb(pids[name])[0] for name in names])), 1) if names else None


def _renamed(number: int) -> int:
    """Renames somebody of the gallery and returns its version with it."""
    person = Person.objects.filter(name__startswith="Person ").order_by("pk")[number]
    Person.objects.filter(pk=person.pk).update(name=f"Renamed {person.pk}")
    return GalleryVersion.objects.get(pk=1).version


def _scenes(
    films: Films, sent: SentBy, number: int, cast: dict[str, UUID]
) -> Iterator[tuple[UUID | None, float, float]]:
    """Yields who was in a busy camera's picture from when to when, in seconds since 1970."""
    loop_s = len(films.busy.pictures) / FPS
    first_s = sent.began_s - APART * number * GROUP / FPS % loop_s
    for turn in range(math.ceil((time.time() - first_s) / loop_s)):
        for scene in SCENES:
            begins_s, ends_s = (first_s + turn * loop_s + mark.at_s for mark in (scene.marks[0], scene.marks[-1]))
            yield cast.get(who(scene.portrait.file)), begins_s, ends_s


def _per_s(before: tuple[int, datetime], after: tuple[int, datetime]) -> float:
    return (after[0] - before[0]) / max(0.001, (after[1] - before[1]).total_seconds())


def _p95(values: Sequence[float]) -> float | None:
    return round(float(np.percentile(values, 95, method="higher")), 0) if values else None
