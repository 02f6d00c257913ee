"""One decoded picture with its capture time, and the slot of one in which the newest waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from people.recognition.types import Image
from streams.pipeline.clock import LATE_S

WAITS_S = 0.1
"""A frame that waits for a busy analysis is replaced by a newer one only after this long.

Turning a picture into pixels costs 1 ms at 1280x720. Where the analysis does not keep up, doing so with all 15 to 60 a
second that a camera gives would take as much as the analysis itself.
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """`image` is RGB, upright, as recognition wants it; sources turn OpenCV's BGR around once."""

    number: int
    """Counts the frames that the source delivered, dropped ones included; from 1."""
    image: Image
    captured_at: datetime
    """Aware UTC: for people and rows."""
    monotonic_s: float
    """The same moment on the clock that durations are measured with."""
    old_after_s: float = LATE_S
    """Age from which it must not pass for live (pace.py)."""

    def __post_init__(self) -> None:
        if self.captured_at.tzinfo is None:
            raise ValueError(f"expected an aware capture time, got {self.captured_at!r}")

    @property
    def width_px(self) -> int:
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.image.shape[0])


class LatestFrame:
    """Between the capture thread and the analysis: a newer frame takes the place of one not yet taken.

    So a slow analysis sees fewer frames and never older ones. It also keeps the pace: `wanted` tells the capture
    which pictures are worth turning into pixels, and those are the freshest at the time they are due.
    """

    def __init__(self, frames_per_s: float) -> None:
        self.period_s = 1 / frames_per_s
        self._due_s = float("-inf")
        self._frame: Frame | None = None
        self._changed = Condition()
        self.dropped = 0
        """Frames that were due, and that the analysis was too busy to take."""

    def wanted(self, now_s: float) -> bool:
        """Whether the next frame is. Asked once for each: one that is due and not wanted counts as dropped."""
        waiting = self._frame
        if now_s < self._due_s:
            return False
        if waiting is not None and now_s - waiting.monotonic_s < WAITS_S:
            self.dropped += 1
            return False
        return True

    def put(self, frame: Frame) -> None:
        with self._changed:
            if self._frame is not None:
                self.dropped += 1
            self._frame = frame
            self._changed.notify()

    def take(self, timeout_s: float) -> Frame | None:
        """The newest frame, once; None when none came within `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None, timeout_s)
            frame, self._frame = self._frame, None
            if frame is not None:
                # Counted from when it was due, so that 8 of 10 frames a second are 8 and not 5; and from now
                # after a pause, so that nothing is caught up.
                self._due_s = max(self._due_s, frame.monotonic_s - self.period_s) + self.period_s
            return frame
