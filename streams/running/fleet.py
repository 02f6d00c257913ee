"""The cameras that run on this worker now, each with its runner and the task that drives it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Mapping
from functools import partial

from streams.pipeline.messages import CameraConfig, UseGallery, UseSaid, WatchMode
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import BROWSER
from streams.running.child import STOP_S, CameraChild, MakeChild, Target
from streams.running.feeding import PictureFeed
from streams.running.publisher import Publisher
from streams.running.runner import SILENT_S, CameraRunner
from streams.wire.shapes import CameraRef

logger = logging.getLogger(__name__)

BEGINNING = 4 * (os.cpu_count() or 1)
"""So many children begin at a time, as many as a worker runs if nothing else is said: each takes 0.1 to 0.3 s of a
processor then, and waits for its camera meanwhile. With 64 at once on two cores the leases could not be renewed."""


class Fleet:
    def __init__(
        self,
        publisher: Publisher,
        target: Target,
        silent_s: float = SILENT_S,
        make_child: MakeChild = CameraChild,
    ) -> None:
        self.runners: dict[int, CameraRunner] = {}
        self.refs: dict[int, CameraRef] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._feeds: dict[int, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(BEGINNING)
        self._publisher, self._target, self._silent_s, self._make_child = publisher, target, silent_s, make_child

    def __len__(self) -> int:
        return len(self.runners)

    def start(self, camera: CameraRef, config: CameraConfig, gallery: UseGallery) -> None:
        pk = config.camera_id
        self._publisher.begin(pk)
        runner = CameraRunner(
            config,
            self._target,
            gallery,
            hear=partial(self._publisher.hear, pk, camera),
            lost=partial(self._publisher.lost, pk, camera),
            places=self._places,
            silent_s=self._silent_s,
            make_child=self._make_child,
        )
        self.runners[pk], self.refs[pk] = runner, camera
        self._tasks[pk] = asyncio.create_task(runner.run(), name=f"camera-{config.slug}")
        if config.source == BROWSER:
            self._feeds[pk] = asyncio.create_task(PictureFeed(pk, runner.feed).run(), name=f"feed-{config.slug}")

    async def stop(self, cameras: Iterable[int], grace_s: float = STOP_S) -> None:
        """Stops `cameras` side by side; returns when their processes are gone."""
        tasks = {pk: self._tasks[pk] for pk in cameras if pk in self._tasks}
        for pk in tasks:
            self.runners[pk].stop(grace_s)
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        for pk, task in tasks.items():
            self._publisher.stopped(pk)
            self._forget(pk, task)

    def forget_failed(self) -> None:
        """Drops runners that ended by an error of their own, so that the next sweep starts them again."""
        for pk, task in list(self._tasks.items()):
            if task.done() and not task.cancelled() and (error := task.exception()):
                logger.error("camera %s stopped by an error", self.refs[pk]["slug"], exc_info=error)
                self._publisher.lost(pk, self.refs[pk], Reason.NOT_STARTED.said())
                self._forget(pk, task)

    def ended(self) -> dict[int, str]:
        """Returns the cameras whose file has ended, with what each said. They stay here until `forget_ended`."""
        return {
            pk: self.runners[pk].ended for pk, task in self._tasks.items() if task.done() and self.runners[pk].ended
        }

    def forget_ended(self, cameras: Iterable[int]) -> None:
        """Drops cameras whose file has ended, once that is written: one that is dropped before plays again."""
        for pk in cameras:
            if task := self._tasks.get(pk):
                self._forget(pk, task)

    def playing(self) -> list[int]:
        """Returns all other cameras."""
        return list(self.runners.keys() - self.ended().keys())

    def use(self, gallery: UseGallery) -> None:
        for runner in self.runners.values():
            runner.use(gallery)

    def say(self, said: Mapping[int, UseSaid]) -> None:
        for pk, of_camera in said.items():
            if runner := self.runners.get(pk):
                runner.say(of_camera)

    def watch(self, modes: Mapping[int, WatchMode]) -> None:
        for pk, mode in modes.items():
            if runner := self.runners.get(pk):
                runner.watch(mode)

    def _forget(self, pk: int, task: asyncio.Task[None]) -> None:
        """Forgets the camera, unless it was started again in the meantime."""
        if self._tasks.get(pk) is task:
            del self._tasks[pk], self.runners[pk], self.refs[pk]
            if feed := self._feeds.pop(pk, None):
                feed.cancel()
