"""The child process that reads photos: pure recognition without Django, so a hostile picture can only kill itself."""

from __future__ import annotations

import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import DLIB
from people.recognition.errors import RecognitionError
from people.recognition.reading.capture import JudgeFrame
from people.recognition.reading.face_encoding import FaceEncoding, encode_face
from people.recognition.reading.photo import PhotoReading, read_photo
from people.recognition.reading.probing import ProbePicture
from people.recognition.reading.timing import TimeNetworks
from people.recognition.types import Box

# 2 GiB more than the loaded networks take: a PNG of 40 megapixels needs 1.0 GiB, a JPEG of 108 0.35 and
# 0.75 if it is progressive in full colour, because its coefficients are kept whole.
ROOM_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Ready:
    """Child to parent, once: the networks that every engine needs are loaded."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """Child to parent, instead of Ready or of an answer: the engine cannot be used, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """Parent to child: read this file. The child answers with one PhotoReading."""

    data: bytes
    chosen_box: Box | None
    max_bytes: int
    engine: str
    """Key of the engine that encodes the face."""

    def answer(self, engine: Engine) -> PhotoReading:
        return read_photo(engine, self.data, chosen_box=self.chosen_box, max_bytes=self.max_bytes)


@dataclass(frozen=True, slots=True)
class EncodeFace:
    """Parent to child: encode the face in `box` of this file. The child answers with one FaceEncoding."""

    data: bytes
    box: Box
    max_bytes: int
    engine: str

    def answer(self, engine: Engine) -> FaceEncoding:
        return encode_face(engine, self.data, box=self.box, max_bytes=self.max_bytes)


Request = ReadPhoto | EncodeFace | ProbePicture | TimeNetworks | JudgeFrame


def serve(pipe: Connection, cache_dir: Path) -> None:
    """Reads photos until the parent hangs up or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    try:
        engine = Engine.load(cache_dir, DLIB)
        assert engine.networks.mmod  # before the first photo that needs it
    except RecognitionError as error:
        pipe.send(NotReady(str(error)))
        return
    _limit_memory()
    pipe.send(Ready())
    while True:
        try:
            request: Request = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            engine = engine.of_key(request.engine)
        except RecognitionError as error:
            pipe.send(NotReady(str(error)))
            continue
        pipe.send(request.answer(engine))


def _limit_memory() -> None:
    """Refuses this process more than ROOM_BYTES beyond what it has now. Linux only: macOS ignores RLIMIT_AS."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + ROOM_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
