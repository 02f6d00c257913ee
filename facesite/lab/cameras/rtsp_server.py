"""Cameras of RTSP on this machine: each sends a film at its pace, over one connection, and may get a visitor.

A process of its own (`RtspServer`), so that its processor time is not counted as that of the cameras' children.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from facesite.lab.cameras.films import CodedFilm, Films
from facesite.lab.cameras.stream_kinds import FPS, GROUP, StreamKind

BUSY, IDLE = "busy", "idle"
"""How the path of a camera begins: what it shows when nobody visits it."""
MOST_UNREAD_BYTES = 8_000_000
"""A camera hangs up on whoever does not keep up."""
APART = 7
"""Groups of pictures by which the films of two busy cameras are apart, so that not all have the same work at once."""
STARTS_WITHIN_S = 30.0
CLOCK_HZ = 90_000


@dataclass(slots=True)
class StepIn:
    """When a visitor was in sight of an idle camera, in seconds since 1970."""

    began_s: float
    ended_s: float


@dataclass(slots=True)
class SentBy:
    """What one camera has sent since it was last connected to."""

    began_s: float
    """Seconds since 1970 at which its first picture was due; the others follow at FPS."""
    visits: list[StepIn] = field(default_factory=list)


class RtspServer:
    """`with RtspServer(films, kind) as server:` plays cameras at `server.address("busy-1")`."""

    def __init__(self, films: Films, kind: StreamKind) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(films, kind, theirs), name="rtsp", daemon=True)
        self._port = 0

    def __enter__(self) -> RtspServer:
        self._process.start()
        if not self._pipe.poll(STARTS_WITHIN_S):
            self.__exit__()
            raise OSError(f"the cameras did not start within {STARTS_WITHIN_S:.0f} s")
        self._port = self._pipe.recv()
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.join()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def address(self, camera: str) -> str:
        return f"rtsp://127.0.0.1:{self._port}/{camera}"

    def visit(self, camera: str) -> None:
        """Lets somebody step into an idle camera's picture with its next group of pictures."""
        self._pipe.send(camera)
        self._pipe.recv()

    def sent(self) -> dict[str, SentBy]:
        """Returns what each camera that is connected has sent."""
        self._pipe.send("")
        sent: dict[str, SentBy] = self._pipe.recv()
        return sent


def _serve(films: Films, kind: StreamKind, pipe: Connection) -> None:
    asyncio.run(_Server(films, kind, pipe).run())


class _Server:
    def __init__(self, films: Films, kind: StreamKind, pipe: Connection) -> None:
        self._films, self._kind, self._pipe = films, kind, pipe
        self._sent: dict[str, SentBy] = {}
        self._wanted: set[str] = set()

    async def run(self) -> None:
        server = await asyncio.start_server(self._attend, "127.0.0.1", 0)
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._answer_parent)
        self._pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    def _answer_parent(self) -> None:
        try:
            camera = self._pipe.recv()
        except EOFError:
            raise SystemExit from None
        if camera:
            self._wanted.add(camera)
        self._pipe.send(self._sent)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, url, _ = head.split(" ", 2)
                writer.write(self._answer(method, url, head))
                if method == "PLAY":
                    listening = asyncio.create_task(_until_gone(reader))
                    await self._play(url.split("/")[3], writer)
                    listening.cancel()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _answer(self, method: str, url: str, head: str) -> bytes:
        number = re.search(r"CSeq: *(\d+)", head, re.IGNORECASE)
        more, body = "Session: 1;timeout=60\r\n", ""
        if method == "DESCRIBE":
            body = (
                f"v=0\r\ns=camera\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 {self._kind.codec}/{CLOCK_HZ}\r\n"
                "a=control:video\r\n"
            )
            more = f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            more += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        return f"RTSP/1.0 200 OK\r\nCSeq: {number[1] if number else 0}\r\n{more}\r\n{body}".encode()

    async def _play(self, camera: str, writer: asyncio.StreamWriter) -> None:
        sent = self._sent[camera] = SentBy(time.time())
        began_s, stamped = time.monotonic(), _Stamped()
        for number, picture in enumerate(self._pictures(camera, sent)):
            await asyncio.sleep(max(0.0, began_s + number / FPS - time.monotonic()))
            if writer.transport.is_closing() or writer.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
                return
            writer.write(stamped.interleaved(picture))

    def _pictures(self, camera: str, sent: SentBy) -> Iterator[Sequence[bytes]]:
        """Yields the camera's film over and over, and a visit in between, whenever one is wanted."""
        if camera.startswith(BUSY):
            yield from _from_group(self._films.busy, APART * int(camera.rpartition("-")[2]))
        while True:
            for first in range(0, len(self._films.still.pictures), GROUP):
                if camera in self._wanted:
                    self._wanted.discard(camera)
                    yield from self._visited(sent)
                yield from self._films.still.pictures[first : first + GROUP]

    def _visited(self, sent: SentBy) -> Iterator[Sequence[bytes]]:
        for number, picture in enumerate(self._films.visit.pictures):
            if number == self._films.visit_begins:
                sent.visits.append(StepIn(time.time(), 0.0))
            yield picture
        sent.visits[-1].ended_s = time.time()


def _from_group(film: CodedFilm, group: int) -> Iterator[Sequence[bytes]]:
    """Yields the film for ever, beginning with this group of pictures."""
    yield from film.pictures[group * GROUP % len(film.pictures) :]
    while True:
        yield from film.pictures


class _Stamped:
    """Numbers the packets of films as those of one stream."""

    def __init__(self) -> None:
        self._sequence = self._picture = 0

    def interleaved(self, picture: Sequence[bytes]) -> bytes:
        parts = []
        when = self._picture * (CLOCK_HZ // FPS) % 2**32
        self._picture += 1
        for packet in picture:
            parts.append(struct.pack(">BBHBBHI", 0x24, 0, len(packet), packet[0], packet[1], self._sequence, when))
            parts.append(packet[8:])
            self._sequence = (self._sequence + 1) % 2**16
        return b"".join(parts)


async def _until_gone(reader: asyncio.StreamReader) -> None:
    """Takes what the viewer sends meanwhile: reports, and requests that keep the session alive."""
    while await reader.read(4096):
        pass
