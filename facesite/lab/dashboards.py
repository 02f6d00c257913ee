"""Runs many dashboards at once, without browsers: each watches every camera and acknowledges each picture at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from streams.wire.frames import unpack_header

# 30 s: the site greets a hundred sockets one after another.
OPEN_S = 30.0
# Pictures need a moment to start: they are encoded only while somebody looks.
WARM_UP_S = 5.0


@dataclass(slots=True)
class SeenByDashboard:
    """What one dashboard was shown while it was measured."""

    pictures: set[tuple[str, int]] = field(default_factory=set)
    """Camera and frame number of each picture."""
    bytes: int = 0
    delays_ms: list[float] = field(default_factory=list)
    """From the capture of each picture to its arrival."""


@dataclass(frozen=True, slots=True)
class Load:
    """What all dashboards together were shown."""

    dashboards: int
    cameras: int
    seconds: float
    pictures: int
    made_fps: float
    """Different pictures of each camera that any dashboard was shown, per second."""
    least_fps: float
    """Pictures of each camera per second, on the dashboard that was shown the fewest."""
    mean_fps: float
    delay_ms: dict[str, float]
    megabytes_per_s: float


async def watch_all(address: str, sessions: Sequence[str], cameras: Sequence[str], seconds: float) -> Load:
    """Opens one dashboard for each of `sessions` (session keys) on the site at `address` (http://…), for `seconds`.

    Raises OSError or TimeoutError if a socket does not open.
    """
    measured = asyncio.Event()
    over = asyncio.Event()
    dashboards = [_Dashboard(address, session, cameras, measured, over) for session in sessions]
    async with asyncio.TaskGroup() as group:
        opened = [group.create_task(dashboard.open()) for dashboard in dashboards]
        await asyncio.gather(*opened)
        for dashboard in dashboards:
            group.create_task(dashboard.look())
        await asyncio.sleep(WARM_UP_S)
        measured.set()
        began_s = time.monotonic()
        await asyncio.sleep(seconds)
        over.set()
        took_s = time.monotonic() - began_s
        for dashboard in dashboards:
            await dashboard.close()
    return _load([dashboard.seen for dashboard in dashboards], len(cameras), took_s)


class _Dashboard:
    def __init__(
        self, address: str, session: str, cameras: Sequence[str], measured: asyncio.Event, over: asyncio.Event
    ) -> None:
        self._address, self._session, self._cameras = address, session, list(cameras)
        self._measured, self._over = measured, over
        self._socket: ClientConnection | None = None
        self.seen = SeenByDashboard()

    async def open(self) -> None:
        headers = {"Cookie": f"sessionid={self._session}", "Origin": self._address}
        url = f"{self._address.replace('http', 'ws', 1)}/ws/dashboard/"
        self._socket = await connect(url, additional_headers=headers, open_timeout=OPEN_S, compression=None)
        await self._socket.send(json.dumps({"type": "watch", "cameras": self._cameras}))

    async def look(self) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):  # `close` came between a picture and its acknowledgement
            async for message in self._socket:
                if isinstance(message, bytes):
                    await self._take(message)

    async def _take(self, message: bytes) -> None:
        assert self._socket is not None
        header = unpack_header(message)
        ack = {"type": "ack", "camera": header["camera"], "frame": header["frame"]}
        await self._socket.send(json.dumps(ack))
        if self._measured.is_set() and not self._over.is_set():
            delay = datetime.now(UTC) - datetime.fromisoformat(header["captured_at"])
            self.seen.pictures.add((header["camera"], header["frame"]))
            self.seen.bytes += len(message)
            self.seen.delays_ms.append(1000 * delay.total_seconds())

    async def close(self) -> None:
        assert self._socket is not None
        await self._socket.close()


def _load(seen: Sequence[SeenByDashboard], cameras: int, seconds: float) -> Load:
    delays = [delay for one in seen for delay in one.delays_ms]
    shown = [len(one.pictures) for one in seen]
    shares = {"p50": 50, "p95": 95, "p99": 99}
    return Load(
        dashboards=len(seen),
        cameras=cameras,
        seconds=round(seconds, 1),
        pictures=sum(shown),
        made_fps=round(len(set().union(*(one.pictures for one in seen))) / seconds / cameras, 2),
        least_fps=round(min(shown) / seconds / cameras, 2),
        mean_fps=round(sum(shown) / seconds / cameras / len(seen), 2),
        delay_ms={name: round(float(np.percentile(delays, share)), 1) for name, share in shares.items()}
        if delays
        else {},
        megabytes_per_s=round(sum(one.bytes for one in seen) / seconds / 1e6, 1),
    )
