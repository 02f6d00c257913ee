"""Streams of pictures that each stand alone: MJPEG, and an address that gives one picture at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.answers import HEAD_BYTES
from streams.pipeline.sources.decoding import Packet, Picture, StillDecoder
from streams.pipeline.sources.fetching import HttpAnswer
from streams.pipeline.sources.jpegs import BEGIN, MOST_BYTES, JpegCutter

EVERY_S = 1.0
"""How often a picture address is asked, unless it answers more slowly."""
LONGEST_WITHOUT_BYTES = 4_000_000
"""So many bytes before the first picture, or after a picture, hold none."""
CHUNK_BYTES = 65_536
BLANK = b"\r\n"
"""Some cameras write empty lines before a picture."""


class MotionJpeg:
    """JPEGs one after the other in one answer, at the camera's own pace."""

    def __init__(self, answer: HttpAnswer) -> None:
        self._answer, self._cutter, self._decoder = answer, JpegCutter(), StillDecoder()
        self._whole: deque[bytes] = deque()
        self._barren_bytes = 0

    def packet(self) -> Packet | None:
        self._answer.patience.next_picture()
        while not self._whole:
            data = self._answer.read(CHUNK_BYTES)
            if not data:
                return None
            self._whole.extend(self._cutter.feed(data))
            self._barren_bytes = 0 if self._whole or self._cutter.has_begun else self._barren_bytes + len(data)
            if self._barren_bytes > LONGEST_WITHOUT_BYTES:
                raise SourceDown(Reason.UNDECODABLE.said())
        picture = self._whole.popleft()
        return Packet(len(picture), True, None, picture)

    def decode(self, packet: Packet) -> list[Picture]:
        return self._decoder.decode(packet)

    def close(self) -> None:
        self._answer.close()


class Snapshots:
    """An address that gives one picture an answer: asked again and again, never before it has answered."""

    def __init__(self, first: HttpAnswer, ask: Callable[[], HttpAnswer], every_s: float = EVERY_S) -> None:
        self._answer: HttpAnswer | None = first
        self._ask, self._every_s, self._decoder = ask, every_s, StillDecoder()
        self._asked_s = time.monotonic()

    @property
    def pace_s(self) -> float:
        """Seconds between two pictures."""
        return self._every_s

    def packet(self) -> Packet | None:
        answer = self._answer or self._next()
        self._answer = None
        try:
            picture = _picture_of(answer)
        finally:
            answer.close()
        return Packet(len(picture), True, None, picture)

    def _next(self) -> HttpAnswer:
        time.sleep(max(0.0, self._asked_s + self._every_s - time.monotonic()))
        self._asked_s = time.monotonic()
        return self._ask()

    def decode(self, packet: Packet) -> list[Picture]:
        return self._decoder.decode(packet)

    def close(self) -> None:
        if self._answer:
            self._answer.close()


def _picture_of(answer: HttpAnswer) -> bytes:
    """Returns the picture of an answer that has one. Raises SourceDown if it is too large, or not all came.

    A JPEG says where it ends; the answer may say another length, or never end.
    """
    if answer.peek(HEAD_BYTES).lstrip(BLANK).startswith(BEGIN):
        cutter, here = JpegCutter(), bytearray()
        while data := answer.read(CHUNK_BYTES):
            here += data
            if picture := next(cutter.feed(data), None):
                return picture
        answer.put_back(bytes(here))
    return answer.whole(MOST_BYTES).lstrip(BLANK)
