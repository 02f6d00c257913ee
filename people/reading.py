"""The child process that reads photos: pure recognition, no Django, so that a hostile picture can only kill itself."""

from __future__ import annotations

import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from people.recognition.engine import Engine
from people.recognition.photo import read_photo
from people.recognition.types import Box

# 2 GiB above what the loaded networks take: a picture of 40 megapixels needs 1.0 GiB.
ROOM_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Ready:
    """Child to parent, once: the networks are loaded."""

    engine: str


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """Parent to child: read this file. Answered with one PhotoReading."""

    data: bytes
    chosen_box: Box | None
    max_bytes: int


def serve(pipe: Connection, cache_dir: Path) -> None:
    """Read photos until the parent hangs up or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    engine = Engine.load(cache_dir)
    _limit_memory()
    pipe.send(Ready(engine.key))
    while True:
        try:
            request: ReadPhoto = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        pipe.send(read_photo(engine, request.data, chosen_box=request.chosen_box, max_bytes=request.max_bytes))


def _limit_memory() -> None:
    """Refuse this process more than ROOM_BYTES beyond what it has now. Linux only: macOS ignores RLIMIT_AS."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + ROOM_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
