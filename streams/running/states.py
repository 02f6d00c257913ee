"""Passes on the states that camera children report: first to viewers, then to the cameras' rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from streams.cameras.services import record_down, record_heartbeat
from streams.pipeline.messages import Heartbeat
from streams.pipeline.reasons import Sentence
from streams.pipeline.states import ChildState
from streams.wire.announcing import announce_state
from streams.wire.builders import camera_heard
from streams.wire.database_thread import UNREACHABLE, DatabaseThread
from streams.wire.newest_values import Newest
from streams.wire.shapes import CameraRef, CameraState
from streams.wire.values import stamp


@dataclass(frozen=True, slots=True)
class Down:
    """The child is gone; `reason` says why and what happens next."""

    reason: Sentence


class States:
    """Takes states by `put`, which never waits; `run` announces and writes the newest state of each camera."""

    def __init__(self, holder: str) -> None:
        self._holder = holder
        self._newest: Newest[tuple[CameraRef, Heartbeat | Down]] = Newest()
        self._database = DatabaseThread("states")

    def put(self, camera_id: int, camera: CameraRef, said: Heartbeat | Down) -> None:
        self._newest.put(camera_id, (camera, said))

    async def run(self) -> None:
        """Announces and writes until cancelled."""
        while True:
            newest = await self._newest.take()
            for camera_id, (camera, said) in newest.items():
                await announce_state(camera_id, _state(camera, said))
                await self._write(camera_id, said)

    async def close(self) -> None:
        await self._database.close()

    async def _write(self, camera_id: int, said: Heartbeat | Down) -> None:
        try:
            if isinstance(said, Heartbeat):
                await self._database.call(record_heartbeat, camera_id=camera_id, holder=self._holder, heartbeat=said)
            else:
                await self._database.call(record_down, camera_id=camera_id, holder=self._holder, reason=said.reason)
        except UNREACHABLE:
            pass  # the thread has logged it; the next heartbeat is a second away


def _state(camera: CameraRef, said: Heartbeat | Down) -> CameraState:
    if isinstance(said, Heartbeat):
        return camera_heard(camera, said)
    return {
        "type": "camera.state",
        "camera": camera,
        "state": ChildState.DOWN.value,
        "reason": said.reason,
        "last_frame_at": None,
        "frame_age_ms": None,
        "fps_read": None,
        "fps_analysed": None,
        "width_px": None,
        "height_px": None,
        "at": stamp(datetime.now(UTC)),
    }
