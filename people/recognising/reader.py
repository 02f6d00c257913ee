"""The parent's end of the photo reader, which starts the child, asks it, and kills it when it takes too long."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from people.errors import ReaderDied
from people.recognising.reading import EncodeFace, NotReady, ReadPhoto, Ready, Request, serve
from people.recognition.engine.kinds import engine_key
from people.recognition.reading.capture import FrameJudgement, JudgeFrame
from people.recognition.reading.face_encoding import FaceEncoding
from people.recognition.reading.photo import PhotoReading
from people.recognition.reading.probing import ProbePicture, Probes
from people.recognition.reading.timing import NetworkTimes, TimeNetworks
from people.recognition.types import Box

# 60 s: the slowest allowed photo, 40 megapixels without any face, takes 6.5 s on a busy machine.
READ_TIMEOUT_S = 60.0
# 180 s: the very first start makes the ONNX graphs from the packages' weights.
START_TIMEOUT_S = 180.0


class PhotoReader:
    """One child that reads one photo at a time. Its calls block, and threads must not share it."""

    def __init__(
        self,
        cache_dir: Path,
        *,
        child: Callable[[Connection, Path], None] = serve,
        engine: str = "",
        timeout_s: float = READ_TIMEOUT_S,
        niceness: int = 0,
    ) -> None:
        """`niceness`: how far the child stands back for other processes, from 0 to 19 (nice(2))."""
        self._cache_dir = cache_dir
        self._child = child
        self._timeout_s = timeout_s
        self._niceness = niceness
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.engine = engine or engine_key()
        """Key of the engine that encodes; it can be changed between two requests."""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Makes sure that a child with loaded networks is there. Raises ReaderDied if it does not come up."""
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=self._child, args=(theirs, self._cache_dir), name="photo-reader", daemon=True)
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        self._stand_back(process)
        ready = self._answer(START_TIMEOUT_S)
        if isinstance(ready, NotReady):
            self.close()
            raise ReaderDied(f"photos cannot be read: {ready.reason}")
        if not isinstance(ready, Ready):
            raise ReaderDied(f"the reader began with {type(ready).__name__}")

    def read(self, data: bytes, *, chosen_box: Box | None, max_bytes: int) -> PhotoReading:
        """Reads the photo in the picture file `data`. Raises ReaderDied if the child crashes or takes too long."""
        answer = self._ask(ReadPhoto(data, chosen_box, max_bytes, self.engine))
        if not isinstance(answer, PhotoReading):
            raise ReaderDied(f"the reader answered {type(answer).__name__}")
        return answer

    def encode(self, data: bytes, *, box: Box, max_bytes: int) -> FaceEncoding:
        """Returns the encoding of the face in `box` of the picture file `data`. Raises ReaderDied as `read` does."""
        answer = self._ask(EncodeFace(data, box, max_bytes, self.engine))
        if not isinstance(answer, FaceEncoding):
            raise ReaderDied(f"the reader answered {type(answer).__name__}")
        return answer

    def probe(self, picture: ProbePicture) -> Probes:
        """Returns every face of a picture with its encoding. Raises ReaderDied as `read` does."""
        answer = self._ask(picture)
        if not isinstance(answer, Probes):
            raise ReaderDied(f"the reader answered {type(answer).__name__}")
        return answer

    def time(self) -> NetworkTimes:
        """Returns how long each network takes here. Raises ReaderDied as `read` does."""
        answer = self._ask(TimeNetworks(self.engine))
        if not isinstance(answer, NetworkTimes):
            raise ReaderDied(f"the reader answered {type(answer).__name__}")
        return answer

    def judge(self, frame: JudgeFrame) -> FrameJudgement:
        """Returns what is wrong with a frame of guided capture, or which view it gives. Raises ReaderDied as `read`."""
        answer = self._ask(frame)
        if not isinstance(answer, FrameJudgement):
            raise ReaderDied(f"the reader answered {type(answer).__name__}")
        return answer

    def close(self) -> None:
        """Ends the child at once; the next read starts another."""
        pipe, self._pipe = self._pipe, None
        process, self._process = self._process, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()

    def kill(self) -> None:
        """Kills the child from another thread; a thread that waits for its answer gets ReaderDied."""
        process = self._process
        if process is not None:
            process.kill()

    def _stand_back(self, process: BaseProcess) -> None:
        if self._niceness and process.pid:
            with suppress(ProcessLookupError):  # it has died already: its answer says so
                own = os.getpriority(os.PRIO_PROCESS, 0)
                os.setpriority(os.PRIO_PROCESS, process.pid, own + self._niceness)

    def _ask(self, request: Request) -> object:
        self.start()
        assert self._pipe is not None
        try:
            self._pipe.send(request)
        except OSError as error:
            self.close()
            raise ReaderDied("the reader has gone away") from error
        answer = self._answer(self._timeout_s)
        if isinstance(answer, NotReady):
            raise ReaderDied(f"photos cannot be read: {answer.reason}")
        return answer

    def _answer(self, timeout_s: float) -> object:
        assert self._pipe is not None
        try:
            if self._pipe.poll(timeout_s):
                return self._pipe.recv()
            problem = f"the reader took longer than {timeout_s:g} s"
        except (EOFError, OSError):
            problem = "the reader crashed"
        self.close()
        raise ReaderDied(problem)
