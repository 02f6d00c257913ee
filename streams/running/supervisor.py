"""Runs this worker's share of the cameras: compares what the database wants with what runs, every 5 s or when woken.

The database row is the job; a message is only a doorbell. A camera runs here while its lease is ours. Each sweep
renews the leases. If sweeps fail, the supervisor stops the cameras before their leases end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError
from prometheus_client.metrics_core import Metric

from streams.cameras.configs import camera_config
from streams.errors import BadSource
from streams.pipeline.child.process import run_camera
from streams.pipeline.messages import CameraConfig, UseGallery
from streams.records.camera import Camera
from streams.records.states import CameraStateName
from streams.running import leases
from streams.running.child import Target
from streams.running.figures import worker_figures
from streams.running.fleet import Fleet
from streams.running.galleries import GalleryKeeper
from streams.running.pace import SweepPace
from streams.running.publisher import Publisher
from streams.running.runner import SILENT_S
from streams.running.said import SaidKeeper
from streams.running.searches import Searches
from streams.running.trials import Trials
from streams.wire.announcing import announce_state
from streams.wire.bell import Bell
from streams.wire.builders import camera_ref, camera_state
from streams.wire.database_thread import UNREACHABLE, DatabaseThread
from streams.wire.watching import watched

logger = logging.getLogger(__name__)

SWITCHED_OFF = (CameraStateName.OFF, CameraStateName.ASLEEP)
# 7 s before the lease ends: time to stop the children on a busy machine (they get 2 s, then they are killed).
GIVE_UP_BEFORE_S = 7.0
HURRIED_STOP_S = 2.0
LOOK_FOR_VIEWERS_EVERY_S = 1.0
# 4 s: together with the children's 5 s, less than the 10 s after which an impatient Ctrl-C kills.
FLUSH_S = 4.0


def this_worker() -> str:
    """Returns a name that no other worker has had: a restarted worker must not take itself for its predecessor."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"


class Supervisor:
    """Runs in `run(stop)` until `stop` is set; call `wake…()` from the same event loop at any time."""

    def __init__(
        self,
        *,
        holder: str | None = None,
        capacity: int | None = None,
        target: Target = run_camera,
        silent_s: float = SILENT_S,
        publisher: Publisher | None = None,
    ) -> None:
        """`publisher`: hears what the children say; measurements give one of their own."""
        self.holder = holder or this_worker()
        self.capacity = settings.WORKER_CAMERAS if capacity is None else capacity
        self.wanted = 0.0
        """Its even share of all cameras, even if it cannot run so many."""
        self.publisher = publisher or Publisher(self.holder)
        self.galleries = GalleryKeeper(self._use_gallery)
        self.trials, self.searches = Trials(), Searches()
        self.fleet = Fleet(self.publisher, target, silent_s)
        self.said = SaidKeeper(lambda: self.fleet.runners.keys(), self.fleet.say)
        self._refused: set[int] = set()
        self._database = DatabaseThread("leases")
        self._cameras_bell, self._viewers_bell = Bell(), Bell()
        self._leased_until, self._pace = 0.0, SweepPace()

    @property
    def is_ready(self) -> bool:
        """Returns whether a sweep was made and every camera that runs here has sent a heartbeat or failed."""
        return self._leased_until > 0 and all(runner.has_begun for runner in self.fleet.runners.values())

    def figures(self) -> list[Metric]:
        """Returns the figures of this worker for monitoring. Any thread may call it."""
        return worker_figures(self.fleet, self.publisher, capacity=self.capacity, wanted=self.wanted)

    def wake(self) -> None:
        """Makes the next sweep come at once, because cameras may have changed."""
        self._cameras_bell.ring()

    def wake_gallery(self) -> None:
        self.galleries.bell.ring()

    def wake_said(self) -> None:
        self.said.bell.ring()

    def wake_rules(self) -> None:
        """Has the rules read again before the next sighting is written."""
        self.publisher.recorder.rules.expire()

    def wake_viewers(self) -> None:
        self._viewers_bell.ring()

    async def run(self, stop: asyncio.Event) -> None:
        """Runs all loops until `stop`; raises the error that ends one. Always stops cameras and gives leases back."""
        publishing = asyncio.create_task(self.publisher.run())
        try:
            await self._work(stop, publishing)
        finally:
            await asyncio.shield(self._drain(publishing))

    async def _work(self, stop: asyncio.Event, publishing: asyncio.Task[None]) -> None:
        loops = (self.galleries.run, self.said.run, self._sweep_on, self._guard, self._look_for_viewers)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop(stop)) for loop in loops]
            stopping = group.create_task(stop.wait())
            await asyncio.wait({*tasks, stopping, publishing}, return_when=asyncio.FIRST_COMPLETED)
            if publishing.done():
                publishing.result()
            for wake in (self.wake, self.wake_gallery, self.wake_said, self.wake_viewers):
                wake()

    async def _sweep_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.sweep()
            except (*UNREACHABLE, IntegrityError):
                # IntegrityError: a camera was deleted during the sweep. Either way the next sweep is due soon.
                logger.debug("a sweep failed", exc_info=True)
            if await self._cameras_bell.wait(self._pace.until_next_s()) and not stop.is_set():
                await asyncio.sleep(self._pace.after_a_ring_s())
                self._cameras_bell.hush()

    async def sweep(self) -> None:
        """Makes the cameras that run here equal to those that the database wants here."""
        renewing = self._pace.begin() or self._must_give_up()
        if self.galleries.current is None:
            return  # this worker could recognise nobody: leave the cameras to workers that can
        self.fleet.forget_failed()
        if ended := self.fleet.ended():
            await self._database.call(leases.finish, holder=self.holder, cameras=ended)
            self.fleet.forget_ended(ended)
        asked_at, held = time.monotonic(), {*self.fleet.runners, *self._refused}
        holding = await self._database.call(
            leases.sweep, holder=self.holder, running=held, capacity=self.capacity, renewing=renewing
        )
        if renewing:
            self._leased_until = asked_at + leases.LEASE_S
        self.wanted = holding.wanted
        if self._must_give_up():
            return  # the answer took so long that its leases are as good as over
        await self._adjust({camera.pk: camera for camera in holding.cameras}, self.galleries.current)
        if holding.surplus:
            logger.info("%d cameras are handed over to other workers", len(holding.surplus))
            await self._database.call(leases.hand_over, holder=self.holder, cameras=holding.surplus)
        for camera in holding.switched:
            if camera.status.state in SWITCHED_OFF:
                self.publisher.stopped(camera.pk)  # its worker may have been killed, and no other takes the camera
            await announce_state(camera.pk, camera_state(camera_ref(camera), camera.status))

    async def _adjust(self, wanted: Mapping[int, Camera], gallery: UseGallery) -> None:
        configs = {pk: config for pk, camera in wanted.items() if (config := self._config(camera))}
        self._refused = wanted.keys() - configs.keys()
        ended = [pk for pk, runner in self.fleet.runners.items() if configs.get(pk) != runner.config]
        await self.fleet.stop(ended)
        for pk in configs.keys() - self.fleet.runners.keys():
            self.fleet.start(camera_ref(wanted[pk]), configs[pk], self.galleries.current or gallery)
            self.wake_viewers()
        if ended:
            self.wake()  # the next sweep can now give back and mark as off a camera that was switched off here

    def _config(self, camera: Camera) -> CameraConfig | None:
        try:
            return camera_config(camera)
        except BadSource as error:
            self.publisher.refuse(camera.pk, camera_ref(camera), error.said)
            return None

    async def _guard(self, stop: asyncio.Event) -> None:
        """Stops the cameras before their leases end without renewal, because another worker will take them."""
        while not stop.is_set():
            if self._must_give_up() and (playing := self.fleet.playing()):
                logger.error("leases could not be renewed: %d cameras are given up", len(playing))
                await self.fleet.stop(playing, HURRIED_STOP_S)
            await asyncio.sleep(0.5)

    def _must_give_up(self) -> bool:
        return time.monotonic() > self._leased_until - GIVE_UP_BEFORE_S

    async def _look_for_viewers(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if len(self.fleet) and (modes := await watched(self.fleet.runners)):
                self.fleet.watch(modes)
            await self._viewers_bell.wait(LOOK_FOR_VIEWERS_EVERY_S)

    def _use_gallery(self, gallery: UseGallery) -> None:
        self.publisher.names = gallery.names
        self.fleet.use(gallery)
        if not len(self.fleet):
            self.wake()

    async def _drain(self, publishing: asyncio.Task[None]) -> None:
        """Lets children close their sightings, writes these, and gives the leases back."""
        held = dict(self.fleet.refs)
        await self.fleet.stop(held)
        if not publishing.done():
            await self.publisher.flush(FLUSH_S)
            publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        with suppress(*UNREACHABLE):
            await self._database.call(leases.leave, holder=self.holder, cameras={*held, *self._refused})
        for pk, camera in held.items():
            await announce_state(pk, camera_state(camera, None))
        for part in (self.trials, self.searches, self.publisher, self.galleries, self.said, self._database):
            await part.close()
