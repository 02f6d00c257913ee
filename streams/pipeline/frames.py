"""One decoded frame with its capture time, and the slot in which the newest frame waits for the analysis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from people.recognition.types import Image
from streams.pipeline.clock import old_after_s

WAITS_S = 0.1
"""A newer frame replaces one that waits for a busy analysis only after this long.

Turning a frame into pixels costs 1 ms at 1280x720. A camera gives 15 to 60 frames a second. If the analysis does not
keep up, decoding all of them would cost as much as the analysis itself.
"""


BEHIND_S = 5.0
"""The analysis counts as slower than the stream for this long after a frame was dropped."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame. `image` is RGB and upright, as recognition expects; sources convert OpenCV's BGR once."""

    number: int
    """Counts from 1 the frames that the source delivered, including dropped ones."""
    image: Image
    captured_at: datetime
    """Aware UTC, for people and database rows."""
    monotonic_s: float
    """The same moment on the monotonic clock, for durations."""
    gap_s: float = 0.0
    """Seconds after which the next frame is due: more than a second where a source or the analysis is slow."""
    is_of_past: bool = False
    """Whether it was kept while the camera dozed: newer ones wait behind it."""

    def __post_init__(self) -> None:
        if self.captured_at.tzinfo is None:
            raise ValueError(f"expected an aware capture time, got {self.captured_at!r}")

    @property
    def old_after_s(self) -> float:
        """Returns the age from which the frame must not be shown as live."""
        return old_after_s(self.gap_s)

    @property
    def width_px(self) -> int:
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.image.shape[0])


class LatestFrame:
    """Holds one frame between the capture thread and the analysis; a newer frame replaces one not yet taken.

    So a slow analysis sees fewer frames but never older ones. The slot also sets the pace: `wanted` tells the capture
    which frames to turn into pixels, so that each is the freshest one when it is due.
    """

    def __init__(self, frames_per_s: float) -> None:
        self.period_s = 1 / frames_per_s
        self._due_s = float("-inf")
        self._frame: Frame | None = None
        self._changed = Condition()
        self.dropped = 0
        """Frames that were due but that the analysis was too busy to take."""
        self._dropped_s = float("-inf")

    def wanted(self, now_s: float) -> bool:
        """Returns whether to decode a frame that came now. Call it once per frame: a due one not wanted is dropped."""
        waiting = self._frame
        if now_s < self._due_s:
            return False
        if waiting is not None and now_s - waiting.monotonic_s < WAITS_S:
            self._drop(now_s)
            return False
        return True

    def put(self, frame: Frame) -> None:
        with self._changed:
            if self._frame is not None:
                self._drop(frame.monotonic_s)
            self._frame = frame
            self._changed.notify_all()

    def is_behind(self, now_s: float) -> bool:
        """Returns whether the analysis is slower than the stream."""
        return now_s - self._dropped_s < BEHIND_S

    def _drop(self, now_s: float) -> None:
        self.dropped += 1
        self._dropped_s = now_s

    def put_when_taken(self, frame: Frame, timeout_s: float) -> None:
        """Puts a frame that must not replace another, unless the analysis leaves that one for `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is None, timeout_s)
        self.put(frame)

    def take(self, timeout_s: float) -> Frame | None:
        """Returns the newest frame and empties the slot; None if no frame came within `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None, timeout_s)
            frame, self._frame = self._frame, None
            self._changed.notify_all()
            if frame is not None:
                # Count from when this frame was due, so that 8 of 10 frames a second are 8 and not 5. After a
                # pause, count from now, so that the analysis does not catch up on missed frames.
                self._due_s = max(self._due_s, frame.monotonic_s - self.period_s) + self.period_s
            return frame
