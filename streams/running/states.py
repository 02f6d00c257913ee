"""Passes on the states that camera children report: first to viewers, then to the cameras' rows.

A child says every second that it lives. Changes are told and written at once; while nothing changes, viewers hear of a
camera every two seconds, and its row is written every five, together with those of the worker's other cameras.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DataError

from streams.cameras.services import record_down
from streams.pipeline.messages import Heartbeat
from streams.pipeline.reasons import Sentence
from streams.pipeline.states import ChildState
from streams.records.camera import FIGURES_EVERY_S
from streams.running.heartbeats import Facts, record_heartbeats
from streams.wire.announcing import announce_state
from streams.wire.builders import camera_heard
from streams.wire.database_thread import UNREACHABLE, DatabaseThread
from streams.wire.newest_values import Newest
from streams.wire.shapes import CameraRef, CameraState
from streams.wire.values import stamp

logger = logging.getLogger(__name__)

# 0.25 s: a change waits no longer, and cameras that change together are written together.
TOGETHER_S = 0.25
# 1.5 s: every second heartbeat; a page takes a camera for silent after 5 s.
TELL_EVERY_S = 1.5


@dataclass(frozen=True, slots=True)
class Down:
    """The child is gone; `reason` says why and what happens next."""

    reason: Sentence


class States:
    """Takes states by `put`, which never waits; `run` announces and writes the newest state of each camera."""

    def __init__(self, holder: str) -> None:
        self._holder = holder
        self._newest: Newest[tuple[CameraRef, Heartbeat | Down]] = Newest()
        self._told: dict[int, tuple[Facts, float]] = {}
        self._unwritten: dict[int, Heartbeat] = {}
        self._written: dict[int, Facts] = {}
        self._figures_due = time.monotonic() + random.uniform(0.0, FIGURES_EVERY_S)  # noqa: S311 - not for secrets
        self._database = DatabaseThread("states")

    def put(self, camera_id: int, camera: CameraRef, said: Heartbeat | Down) -> None:
        self._newest.put(camera_id, (camera, said))

    def begin(self, camera_id: int) -> None:
        """Makes the next heartbeat count as a change, because the row may say something else meanwhile."""
        self._told.pop(camera_id, None)
        self._written.pop(camera_id, None)

    async def run(self) -> None:
        """Announces and writes until cancelled."""
        while True:
            newest = await self._newest.take()
            for camera_id, (camera, said) in newest.items():
                if isinstance(said, Heartbeat):
                    self._unwritten[camera_id] = said
                    await self._tell(camera_id, camera, said)
                else:
                    await self._lose(camera_id, camera, said)
            await self._write()
            await asyncio.sleep(TOGETHER_S)

    async def close(self) -> None:
        await self._database.close()

    async def _tell(self, camera_id: int, camera: CameraRef, beat: Heartbeat) -> None:
        now_s, facts = time.monotonic(), Facts.of(beat)
        before, told_s = self._told.get(camera_id, (None, 0.0))
        if facts != before or now_s - told_s >= TELL_EVERY_S:
            self._told[camera_id] = facts, now_s
            await announce_state(camera_id, camera_heard(camera, beat))

    async def _lose(self, camera_id: int, camera: CameraRef, down: Down) -> None:
        self.begin(camera_id)
        self._unwritten.pop(camera_id, None)
        await announce_state(camera_id, _state(camera, down))
        with suppress(*UNREACHABLE):  # the thread has logged it; the next child tells its own state
            await self._database.call(record_down, camera_id=camera_id, holder=self._holder, reason=down.reason)

    async def _write(self) -> None:
        """Writes cameras of which something has changed and, every few seconds, all that have said something."""
        are_due = time.monotonic() >= self._figures_due
        due = {pk: beat for pk, beat in self._unwritten.items() if are_due or Facts.of(beat) != self._written.get(pk)}
        if not due:
            return
        try:
            await self._record(due)
        except UNREACHABLE:
            return  # the thread has logged it; what is newest then is written a moment later
        for pk, beat in due.items():
            self._written[pk] = Facts.of(beat)
            del self._unwritten[pk]
        if are_due:
            self._figures_due = time.monotonic() + FIGURES_EVERY_S

    async def _record(self, beats: Mapping[int, Heartbeat]) -> None:
        """Writes them together; one by one if something in one of them fits no column, so that no other is lost."""
        try:
            await self._database.call(record_heartbeats, holder=self._holder, heartbeats=beats)
        except DataError:
            if len(beats) == 1:
                logger.exception("the heartbeat of camera %s cannot be written", *beats)
                return
            for pk, beat in beats.items():
                await self._record({pk: beat})


def _state(camera: CameraRef, down: Down) -> CameraState:
    return {
        "type": "camera.state",
        "camera": camera,
        "state": ChildState.DOWN.value,
        "reason": down.reason,
        "last_frame_at": None,
        "frame_age_ms": None,
        "fps_read": None,
        "fps_analysed": None,
        "width_px": None,
        "height_px": None,
        "at": stamp(datetime.now(UTC)),
    }
