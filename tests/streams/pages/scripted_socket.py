"""A server's side of /ws/… that says what a test tells it to, in the words of streams/wire/shapes.py."""

from __future__ import annotations

import asyncio
import io
import json
import queue
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from PIL import Image

from streams.wire.builders import hello, pong
from streams.wire.frames import pack_frame
from streams.wire.shapes import CameraRef
from streams.wire.values import stamp

DOOR: CameraRef = {"slug": "front-door", "name": "Front door"}


def now(ago_s: float = 0) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=ago_s))


def state(camera: CameraRef = DOOR, **fields: Any) -> Any:
    usual = {"type": "camera.state", "camera": camera, "state": "live", "reason": "", "last_frame_at": now()}
    numbers = {"frame_age_ms": 50, "fps_read": 25.0, "fps_analysed": 7.9, "width_px": 640, "height_px": 360}
    return {**usual, **numbers, "at": now(), **fields}


def sighting(name: str | None = None, camera: CameraRef = DOOR, **fields: Any) -> Any:
    key = str(uuid4())
    return {
        "id": key,
        "camera": camera,
        "verdict": "match" if name else "unknown",
        "person": {"id": str(uuid4()), "name": name} if name else None,
        "first_seen_at": now(),
        "last_seen_at": now(),
        "ended_at": None,
        "distance": 0.32 if name else 0.71,
        "match_threshold": 0.5,
        "review_threshold": 0.55,
        "margin": 0.2,
        "gallery_version": 3,
        "look_closer": False,
        "no_face": False,
        "edit": None,
        "edited": None,
        "snapshot_url": None,
        "url": f"/sightings/{key}/",
        "withheld": False,
        **fields,
    }


def face(name: str | None, verdict: str, box: tuple[int, int, int, int]) -> Any:
    person = {"id": str(uuid4()), "name": name} if name else None
    return {"track": 1, "box": box, "verdict": verdict, "person": person, "distance": 0.3}


def frame(number: int = 1, *, faces: Any = (), jpeg: bytes | None = None, **fields: Any) -> bytes:
    """A plain blue picture of 640 × 360 unless `jpeg` is given."""
    if jpeg is None:
        buffer = io.BytesIO()
        Image.new("RGB", (640, 360), (30, 60, 160)).save(buffer, "JPEG")
        jpeg = buffer.getvalue()
    header: Any = {"type": "frame", "camera": DOOR["slug"], "frame": number, "captured_at": now()}
    header |= {"delay_ms": 84, "width_px": 640, "height_px": 360, "old_after_ms": 3125, "faces": list(faces), **fields}
    return pack_frame(header, jpeg)


class ScriptedSocket:
    """An ASGI application. Methods but the call itself are for the test's thread."""

    def __init__(self) -> None:
        self.heard: queue.Queue[Any] = queue.Queue()
        """What browsers said, without their pings."""
        self.greeting: Callable[[], Any] = lambda: hello([state()], [])
        self.connections = 0
        self.refusing = False
        self._outbox: asyncio.Queue[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def say(self, message: Any) -> None:
        """Send a dict as text, bytes as a binary message; an int closes with that code."""
        assert self._loop and self._outbox, "nobody is connected"
        self._loop.call_soon_threadsafe(self._outbox.put_nowait, message)

    def hear(self, kind: str, timeout_s: float = 5) -> Any:
        """The next message of this type that a browser sends."""
        while True:
            message = self.heard.get(timeout=timeout_s)
            if message["type"] == kind:
                return message

    def show(self, message: bytes) -> int:
        """Send a frame and wait until the page has drawn it; returns its number."""
        self.say(message)
        number: int = self.hear("ack")["frame"]
        return number

    async def __call__(
        self,
        scope: Any,
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        await receive()
        if self.refusing:
            await send({"type": "websocket.close", "code": 4401})
            return
        await send({"type": "websocket.accept"})
        self._loop, self._outbox = asyncio.get_running_loop(), asyncio.Queue()
        self.connections += 1
        self._outbox.put_nowait(self.greeting())
        talking = asyncio.create_task(self._talk(self._outbox, send))
        while (message := await receive())["type"] == "websocket.receive":
            said = json.loads(message["text"])
            if said["type"] == "ping":
                self._outbox.put_nowait(pong())
            else:
                self.heard.put(said)
        talking.cancel()

    async def _talk(self, outbox: asyncio.Queue[Any], send: Callable[[Any], Awaitable[None]]) -> None:
        while True:
            message = await outbox.get()
            if isinstance(message, int):
                await send({"type": "websocket.close", "code": message})
                return
            if isinstance(message, bytes):
                await send({"type": "websocket.send", "bytes": message})
            else:
                await send({"type": "websocket.send", "text": json.dumps(message)})
