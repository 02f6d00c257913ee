"""Passes on what camera children report: pictures to viewers, states to rows, sightings to the recorder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from streams.pipeline.messages import Footage, Heartbeat, Overlay, ToParent
from streams.pipeline.reasons import Sentence
from streams.running.footage_store import FootageStore
from streams.running.outbox import SightingOutbox
from streams.running.previews import Previews
from streams.running.recorder import Recorder
from streams.running.states import Down, States
from streams.wire.shapes import CameraRef


class Publisher:
    """`hear`, `begin`, `stopped`, `lost` and `refuse` never wait; `run` works until cancelled.

    `flush` comes before `close`.
    """

    def __init__(self, holder: str) -> None:
        self.outbox = SightingOutbox()
        self.footage = FootageStore()
        self.recorder = Recorder(self.outbox, self.footage)
        self.states = States(holder)
        self.previews = Previews()
        self.names: Mapping[str, str] = {}
        """Names of the gallery in use by person id, for the boxes that browsers draw."""
        self.heard: dict[int, Heartbeat] = {}
        """The last heartbeat of each camera's child."""

    def hear(self, camera_id: int, camera: CameraRef, message: ToParent) -> None:
        if isinstance(message, Overlay):
            self.previews.put(camera_id, camera["slug"], self.names, message)
        elif isinstance(message, Heartbeat):
            self.heard[camera_id] = message
            self.states.put(camera_id, camera, message)
        elif isinstance(message, Footage):
            self.outbox.put_footage(camera_id, message)
        else:
            self.outbox.put(camera_id, message)

    def begin(self, camera_id: int) -> None:
        """Ends the sightings that another worker left open, because this worker takes the camera."""
        self.heard.pop(camera_id, None)
        self.states.begin(camera_id)
        self.outbox.close_open(camera_id)

    def stopped(self, camera_id: int) -> None:
        """Ends what the camera's child left open, if it had to be killed; by now another worker may have the camera."""
        self.outbox.close_open(camera_id, datetime.now(UTC))

    def lost(self, camera_id: int, camera: CameraRef, reason: Sentence) -> None:
        """Ends the camera's open sightings and reports it down, because its child ended unexpectedly."""
        self.heard.pop(camera_id, None)
        self.outbox.close_open(camera_id)
        self.states.put(camera_id, camera, Down(reason))

    def refuse(self, camera_id: int, camera: CameraRef, reason: Sentence) -> None:
        """Reports the camera down, because it cannot be started as it is configured."""
        self.states.put(camera_id, camera, Down(reason))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for part in (self.recorder, self.footage, self.states, self.previews):
                tasks.create_task(part.run())

    async def flush(self, timeout_s: float) -> bool:
        """Waits at most `timeout_s`: until sightings are written, and in what is left until footage is stored."""
        end = time.monotonic() + timeout_s
        are_written = await self.recorder.flush(timeout_s)
        await self.footage.flush(end - time.monotonic())
        return are_written

    async def close(self) -> None:
        await self.recorder.close()
        await self.footage.close()
        await self.states.close()
