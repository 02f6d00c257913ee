"""A few child processes that look at uploaded pictures, shared by all requests of this process.

A hostile picture can only kill its child. A busy hour fills a short queue, and further requests are told to come back
later.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from people.errors import Busy, NotAvailable, ReaderDied
from people.recognising.reader import PhotoReader
from people.recognition.reading.capture import FrameJudgement, JudgeFrame
from people.recognition.reading.photo import PhotoReading
from people.recognition.reading.probing import ProbePicture, Probes
from people.recognition.reading.timing import NetworkTimes

logger = logging.getLogger(__name__)

# 10 s: 100 requests at 15 a second leave the queue before that; a client that waits longer has gone away.
WAIT_S = 10.0
# Requests that wait for each child: more could not be served within WAIT_S.
MOST_WAITING = 64
# 30 s: the slowest allowed picture, 40 megapixels without any face, takes 6.5 s on a busy machine.
LOOK_TIMEOUT_S = 30.0
# 10 min: until then a child keeps its 300 MB of networks for the next picture; starting again takes about a second.
IDLE_S = 600.0


class Recognisers:
    """The child pool. Any number of threads may look, read and judge at once; each call waits for a free child."""

    def __init__(
        self,
        readers: list[PhotoReader],
        *,
        wait_s: float = WAIT_S,
        most_waiting: int = MOST_WAITING,
        idle_s: float = IDLE_S,
    ) -> None:
        # Last in, first out: in quiet hours one child does everything and stays warm.
        self._free: queue.LifoQueue[PhotoReader] = queue.LifoQueue()
        self._readers = readers
        for reader in readers:
            self._free.put(reader)
        self._wait_s = wait_s
        self._places = threading.BoundedSemaphore(len(readers) * (1 + most_waiting))
        self._used_at = dict.fromkeys(readers, 0.0)
        self._rest = Rest(self, idle_s)

    def look(self, picture: ProbePicture) -> tuple[Probes, str]:
        """Returns the faces in a picture, and the key of the engine that encoded them. Raises Busy, ReaderDied."""
        with self._reader() as reader:
            return reader.probe(picture), picture.engine

    def read(self, data: bytes, *, max_bytes: int, engine: str) -> tuple[PhotoReading, str]:
        """Returns the judgement of an enrolment photo, and the key of the engine. Raises Busy, ReaderDied."""
        with self._reader() as reader:
            reader.engine = engine
            return reader.read(data, chosen_box=None, max_bytes=max_bytes), engine

    def time(self) -> NetworkTimes:
        """Returns how long each network takes on this machine. Raises Busy, ReaderDied."""
        with self._reader() as reader:
            return reader.time()

    def judge(self, frame: JudgeFrame) -> FrameJudgement:
        """Returns the judgement of a frame of guided capture. Raises Busy, ReaderDied."""
        with self._reader() as reader:
            return reader.judge(frame)

    def close(self) -> None:
        """Ends the children; the next picture starts new ones. Call it only while nobody waits."""
        self._rest.cancel()
        for reader in self._readers:
            reader.close()

    def end_idle(self, idle_s: float) -> bool:
        """Ends the children that were idle for `idle_s`; returns whether any is left. New pictures wait meanwhile."""
        free: list[PhotoReader] = []
        try:
            while True:
                free.append(self._free.get_nowait())
        except queue.Empty:
            pass
        rested = [reader for reader in free if time.monotonic() - self._used_at[reader] >= idle_s]
        for reader in rested:
            reader.close()
        for reader in reversed(free):  # so that the one used last is on top again
            self._free.put(reader)
        return len(rested) < len(self._readers)

    @contextmanager
    def _reader(self) -> Iterator[PhotoReader]:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            reader = self._free.get(timeout=self._wait_s)
        except queue.Empty:
            self._places.release()
            raise Busy from None
        try:
            _start(reader)
            yield reader
        finally:
            self._used_at[reader] = time.monotonic()
            self._free.put(reader)
            self._places.release()
            self._rest.begin()


class Rest:
    """Looks for idle children at intervals, from the first picture until no child is left."""

    def __init__(self, pool: Recognisers, idle_s: float) -> None:
        self._pool, self._idle_s = pool, idle_s
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(self._idle_s, self._look)
                self._timer.daemon = True
                self._timer.start()

    def cancel(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _look(self) -> None:
        with self._lock:
            self._timer = None
        if self._pool.end_idle(self._idle_s):
            self.begin()


def _start(reader: PhotoReader) -> None:
    try:
        reader.start()
    except ReaderDied as death:
        logger.exception("no recogniser comes up")
        raise NotAvailable from death


@cache
def recognisers() -> Recognisers:
    """Returns the recognisers of this process; the children start with the first picture."""
    folder = Path(settings.MODEL_CACHE)
    return Recognisers([PhotoReader(folder, timeout_s=LOOK_TIMEOUT_S) for _ in range(settings.RECOGNISERS)])
