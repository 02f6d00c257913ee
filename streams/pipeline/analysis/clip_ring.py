"""The last seconds of a camera as small JPEGs, from which clips are made: bounded in time and in bytes."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from streams.pipeline.analysis.pictures import jpeg, shrunk
from streams.pipeline.frames import Frame

CLIP_WIDTH_PX = 640
CLIP_QUALITY = 70
PERIOD_S = 1 / 8
"""8 pictures a second on average at most, however many are analysed: people's movements can be followed, and a second
takes 100 to 200 KB."""
MOST_BYTES = 6_000_000
"""Of one camera: 12 s take 1.5 MB as a rule, and 5 MB of foliage in the wind."""


class ClipPicture(NamedTuple):
    taken_s: float
    """On the monotonic clock."""
    jpeg: bytes


class ClipRing:
    def __init__(self, keeps_s: float, most_bytes: int = MOST_BYTES) -> None:
        self._keeps_s, self._most_bytes = keeps_s, most_bytes
        self._pictures: deque[ClipPicture] = deque()
        self._due_s = float("-inf")
        self.bytes = 0

    def add(self, frame: Frame) -> None:
        """Takes a frame that is analysed, unless there are enough a second. Drops what is too old."""
        if frame.monotonic_s < self._due_s:
            return
        self._due_s = max(self._due_s, frame.monotonic_s - PERIOD_S) + PERIOD_S
        scale = min(1.0, CLIP_WIDTH_PX / frame.width_px)
        small = shrunk(frame.image, scale) if scale < 1 else frame.image
        self._pictures.append(ClipPicture(frame.monotonic_s, jpeg(small, CLIP_QUALITY)))
        self.bytes += len(self._pictures[-1].jpeg)
        while self.bytes > self._most_bytes or frame.monotonic_s - self._pictures[0].taken_s > self._keeps_s:
            self.bytes -= len(self._pictures.popleft().jpeg)

    def between(self, first_s: float, last_s: float) -> tuple[ClipPicture, ...]:
        return tuple(picture for picture in self._pictures if first_s <= picture.taken_s <= last_s)
