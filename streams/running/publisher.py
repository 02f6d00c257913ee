"""Where everything goes that camera children say: pictures to viewers, states to rows, sightings to the record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from streams.pipeline.messages import Heartbeat, Overlay, ToParent
from streams.pipeline.reasons import Sentence
from streams.running.outbox import SightingOutbox
from streams.running.previews import Previews
from streams.running.recorder import Recorder
from streams.running.states import Down, States
from streams.wire.shapes import CameraRef


class Publisher:
    """`hear` and its like never wait; `run` works until cancelled; `flush`, then `close`."""

    def __init__(self, holder: str) -> None:
        self.outbox = SightingOutbox()
        self.recorder = Recorder(self.outbox)
        self.states = States(holder)
        self.previews = Previews()
        self.names: Mapping[str, str] = {}
        """Of the gallery in use, by person id: for the boxes that browsers draw."""
        self.heard: dict[int, Heartbeat] = {}
        """What each camera's child has last said of itself."""

    def hear(self, camera_id: int, camera: CameraRef, message: ToParent) -> None:
        if isinstance(message, Overlay):
            self.previews.put(camera_id, camera["slug"], self.names, message)
        elif isinstance(message, Heartbeat):
            self.heard[camera_id] = message
            self.states.put(camera_id, camera, message)
        else:
            self.outbox.put(camera_id, message)

    def begin(self, camera_id: int) -> None:
        """This worker takes the camera: what another one left open is over."""
        self.heard.pop(camera_id, None)
        self.outbox.close_open(camera_id)

    def lost(self, camera_id: int, camera: CameraRef, reason: Sentence) -> None:
        """The camera's child ended unexpectedly, and its open sightings with it."""
        self.heard.pop(camera_id, None)
        self.outbox.close_open(camera_id)
        self.states.put(camera_id, camera, Down(reason))

    def refuse(self, camera_id: int, camera: CameraRef, reason: Sentence) -> None:
        """The camera cannot be started as it is configured."""
        self.states.put(camera_id, camera, Down(reason))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for part in (self.recorder, self.states, self.previews):
                tasks.create_task(part.run())

    async def flush(self, timeout_s: float) -> bool:
        return await self.recorder.flush(timeout_s)

    async def close(self) -> None:
        await self.recorder.close()
        await self.states.close()
