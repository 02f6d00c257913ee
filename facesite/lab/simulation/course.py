"""The course of one measurement: everything starts, runs quietly, is changed, loses workers, and gets them back."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from facesite.lab.simulation.costs import Costs, costs_now, spent
from facesite.lab.simulation.herd import Herd
from facesite.lab.simulation.workers import Order
from people.records.person import Person
from streams.cameras.services import enable_cameras, save_camera
from streams.records.camera import Camera
from streams.records.sighting import Sighting

PEOPLE = 100
SPARE = 1.2
"""Without the killed workers the others can still run a fifth more cameras than there are."""
ALL_RUN_WITHIN_S = 180.0
CALM_S = 8.0
"""A sweep of every worker and more: nothing moves any longer."""
REACTS_WITHIN_S = 30.0
PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Size:
    cameras: int
    workers: int
    each: int
    """Workers in one process, which are killed together."""
    seconds: float
    """How long it runs quietly."""
    sightings_per_minute: float
    changes: int

    @property
    def capacity(self) -> int:
        return ceil(self.cameras * SPARE / (self.workers - self.each))


@dataclass(slots=True)
class Course:
    size: Size
    postgres: int
    valkey: int
    say: Callable[[str], None]
    report: dict[str, Any] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """Runs in the environment of a migrated, empty site. Raises TimeoutError."""
        cameras = _fill(self.size.cameras)
        order = Order(self.size.each, self.size.capacity, self.size.sightings_per_minute, settings.VAR / "workers.log")
        with Herd(order, self.size.workers // self.size.each) as herd:
            self._start(herd)
            self._run_quietly(herd)
            self._change(herd, random.Random(0).sample(cameras, self.size.changes))  # noqa: S311
            self._lose_workers(herd)
            self._get_workers_back(herd)
            self.report |= {"run_twice": herd.run_twice(), "refused_sightings": herd.refused}
        return self.report

    def _start(self, herd: Herd) -> None:
        self.say(f"Starting {self.size.workers} workers for {self.size.cameras} cameras …")
        with self._measured("start", herd) as told:
            told["all_run_s"] = self._await_all(herd)
            self._await_calm(herd)

    def _run_quietly(self, herd: Herd) -> None:
        self.say(f"Running for {self.size.seconds:g} s …")
        sightings, began = Sighting.objects.count(), time.time()
        with self._measured("quiet", herd) as told:
            time.sleep(self.size.seconds)
        told["sightings"] = Sighting.objects.count() - sightings
        told["leases_lost"] = len(herd.began_since(began))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            told["connections"] = cursor.fetchone()[0]

    def _change(self, herd: Herd, cameras: Sequence[Camera]) -> None:
        """Edits cameras and switches others off, one after the other; waits for each child to react."""
        self.say(f"Changing {len(cameras)} cameras …")
        took = []
        with self._measured("changes", herd) as told:
            for number, camera in enumerate(cameras):
                changed_at = time.time()
                _edit(camera) if number % 2 else enable_cameras(cameras=[camera], enabled=False, by=None)
                took.append(1000 * (_reacted_at(herd, camera, changed_at) - changed_at))
                time.sleep(PAUSE_S)
        told["reaction_ms"] = _spread(took)
        enable_cameras(cameras=cameras, enabled=True, by=None)
        self._await_all(herd)
        self._await_calm(herd)

    def _lose_workers(self, herd: Herd) -> None:
        self.say(f"Killing {self.size.each} workers …")
        killed_at = time.time()
        with self._measured("killed", herd) as told:
            orphans = herd.kill_one()
            told["orphans"] = len(orphans)
            told["all_run_s"] = self._await_all(herd)
            self._await_calm(herd)
        told["others_moved"] = len({turned.camera for turned in herd.began_since(killed_at)} - orphans)
        told["cameras_each"] = _fewest_and_most(herd)

    def _get_workers_back(self, herd: Herd) -> None:
        self.say(f"Starting {self.size.each} workers anew …")
        began = time.time()
        with self._measured("joined", herd) as told:
            herd.add()
            _until(lambda: herd.began_since(began), ALL_RUN_WITHIN_S, "a camera to move")
            self._await_calm(herd)
            told["even_s"] = round(time.time() - began - herd.quiet_s(), 1)
            self._await_all(herd)
        told["moved"] = len(herd.began_since(began))
        told["cameras_each"] = _fewest_and_most(herd)

    @contextmanager
    def _measured(self, name: str, herd: Herd) -> Iterator[dict[str, Any]]:
        self.report[name] = told = dict[str, Any]()
        before, began = self._costs(herd), time.time()
        yield told
        told |= spent(before, self._costs(herd), self.size.cameras)
        swept = herd.sweeps_ms(began)
        told["sweeps_per_worker_minute"] = round(len(swept) / self.size.workers / told["seconds"] * 60, 1)
        told["sweep_ms"] = _spread(swept)
        told["run_twice"] = herd.run_twice(began)

    def _costs(self, herd: Herd) -> Costs:
        return costs_now(self.postgres, self.valkey, herd.cpu_s(), herd.statements)

    def _await_all(self, herd: Herd) -> float:
        """Waits until every camera runs; returns after how many seconds."""
        began = time.monotonic()
        _until(lambda: len(herd.running()) == self.size.cameras, ALL_RUN_WITHIN_S, "all cameras to run")
        return round(time.monotonic() - began, 1)

    def _await_calm(self, herd: Herd) -> None:
        _until(lambda: herd.quiet_s() > CALM_S, ALL_RUN_WITHIN_S, "the cameras to stay where they are")


def _fill(cameras: int) -> list[Camera]:
    Person.objects.bulk_create(Person(name=f"Person {number}") for number in range(PEOPLE))
    made = [Camera(name=f"Camera {n:04}", slug=f"camera-{n:04}", source="0", analysis_fps=5) for n in range(cameras)]
    return Camera.objects.bulk_create(made)


def _edit(camera: Camera) -> None:
    camera.refresh_from_db()
    camera.smallest_face_px += 1
    save_camera(camera=camera)


def _reacted_at(herd: Herd, camera: Camera, changed_at: float) -> float:
    """Waits until the child of a changed camera has ended; returns when that was."""

    def ends() -> list[float]:
        return [turned.at for turned in herd.turned.copy() if turned.camera == camera.pk and turned.at > changed_at]

    _until(ends, REACTS_WITHIN_S, f"camera {camera.pk} to react")
    return min(ends())


def _until(is_so: Callable[[], object], within_s: float, what: str) -> None:
    end = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {within_s:g} s for {what}")
        time.sleep(0.1)


def _fewest_and_most(herd: Herd) -> list[int]:
    numbers = Counter(herd.running().values()).values()
    return [min(numbers), max(numbers)]


def _spread(values: Sequence[float]) -> dict[str, float]:
    shares = {"p50": 50, "p95": 95, "most": 100}
    return {name: round(float(np.percentile(values, share)), 1) for name, share in shares.items()} if values else {}
