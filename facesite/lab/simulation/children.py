"""Children of cameras without a process: they live in the worker's event loop, and say what real ones would."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from facesite.lab.simulation.sightings import SimulatedSighting, heartbeat, overlay
from streams.pipeline.messages import CameraConfig, FromChild, ToChild, UseGallery
from streams.pipeline.states import ChildState
from streams.running.child import STOP_S, CameraChild, Target

BUSY_SHARE = 5
"""Every fifth camera has visitors: doors, corridors and lifts. The others look at yards, stores and nights."""
OVERLAYS_PER_S = 5
CONNECTS_S = 1.0
FPS = 25


@dataclass(frozen=True, slots=True)
class Script:
    """What the children of one worker do, and whom they tell that they began or ended."""

    people: Sequence[str]
    sightings_per_minute: float
    """Of each busy camera."""
    began: Callable[[int], None]
    ended: Callable[[int], None]
    random: random.Random = field(default_factory=random.Random)

    def next_sighting_s(self, camera_id: int) -> float:
        """Returns the seconds until somebody comes, at random around the mean."""
        if camera_id % BUSY_SHARE or not self.sightings_per_minute:
            return float("inf")
        return self.random.expovariate(self.sightings_per_minute / 60)


class SimulatedChild(CameraChild):
    def __init__(
        self, config: CameraConfig, target: Target, on_message: Callable[[FromChild], None], *, script: Script
    ) -> None:
        """Starts nothing of a real child, so it leaves out the constructor of that."""
        self.exited = asyncio.get_running_loop().create_future()
        self.pid = None
        self._camera_id, self._say, self._script = config.camera_id, on_message, script
        self._life: asyncio.Task[None] | None = None
        self._version = self._frames = 0
        self._sighting: SimulatedSighting | None = None
        self._next_sighting_s = script.next_sighting_s(config.camera_id)

    async def start(self) -> None:
        self._script.began(self._camera_id)
        self._life = asyncio.create_task(self._live())

    def send(self, message: ToChild) -> None:
        if isinstance(message, UseGallery):
            self._version = message.gallery.version

    async def stop(self, grace_s: float = STOP_S) -> int | None:
        if self._sighting and not self.exited.done():
            self._say(self._sighting.change(ended=True))
        return await self.kill()

    async def kill(self) -> int | None:
        if not self.exited.done():
            assert self._life is not None, "it was never started"
            self._life.cancel()
            self._script.ended(self._camera_id)
            self.exited.set_result(0)
        return self.exited.result()

    async def _live(self) -> None:
        self._say(heartbeat(ChildState.CONNECTING, self._version, 0))
        await asyncio.sleep(CONNECTS_S * self._script.random.uniform(0.5, 1.5))
        due = time.monotonic()
        while True:
            self._pass_a_second()
            due += 1.0
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _pass_a_second(self) -> None:
        self._frames += FPS
        self._say(heartbeat(ChildState.LIVE, self._version, self._frames))
        self._next_sighting_s -= 1.0
        if self._sighting is None and self._next_sighting_s <= 0:
            self._sighting = SimulatedSighting(self._script.people, self._version)
            self._next_sighting_s = self._script.next_sighting_s(self._camera_id)
        if self._sighting:
            self._see(self._sighting)

    def _see(self, sighting: SimulatedSighting) -> None:
        for frame in range(OVERLAYS_PER_S):
            self._say(overlay(self._frames + frame))
        if change := sighting.after_a_second():
            self._say(change)
        if sighting.is_over:
            self._sighting = None
