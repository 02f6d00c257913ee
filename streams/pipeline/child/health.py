"""The health of one camera, which its threads write and the heartbeat reads."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from streams.pipeline.clock import LONGEST_GAP_S, Clock, old_after_s
from streams.pipeline.frames import Frame
from streams.pipeline.reasons import NONE, Reason, Sentence
from streams.pipeline.states import ChildState

LOOP_SLOW_S = 5.0
LOOP_STUCK_S = 15.0
"""The supervisor waits equally long for a heartbeat: a child whose loop hangs longer sends none and is replaced."""
READ_STUCK_S = 60.0
"""Only the parent can end a native read that ignores its time limits (frozen RTSP servers take three of 5 s)."""


class EventRate:
    """Measures events per second over the last 5 s; for rarer events, by the time between the last two."""

    WINDOW_S = 5.0

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def count(self, now_s: float) -> None:
        self._times.append(now_s)
        self._forget(now_s)

    def per_s(self, now_s: float) -> float:
        self._forget(now_s)
        if len(self._times) < 2:
            return 0.0
        lasted_s = max(self._times[-1] - self._times[0], 1e-3)
        if now_s - self._times[-1] > max(self.WINDOW_S, 2 * lasted_s):
            return 0.0
        return (len(self._times) - 1) / lasted_s

    def _forget(self, now_s: float) -> None:
        while len(self._times) > 2 and now_s - self._times[0] > self.WINDOW_S:
            self._times.popleft()


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of a camera and its reason."""

    state: ChildState
    reason: Sentence = NONE


class Health:
    """Keeps everything under one lock; no method takes long."""

    def __init__(self, clock: Clock, down_after_s: float = 0.0) -> None:
        """`down_after_s`: how long a lost source is only connecting, from its last picture or the start."""
        self._clock, self._lock = clock, Lock()
        self._said, self._is_lost = Condition(ChildState.CONNECTING), False
        self._began_s, self._down_after_s = clock.monotonic(), down_after_s
        self._read, self._analysed = EventRate(), EventRate()
        self.frames_read = self.frames_analysed = 0
        self._reading_since_s: float | None = None
        self._loop_at_s = clock.monotonic()
        self._frame_at_s: float | None = None
        self._gap_s = self._pace_s = 0.0
        self.last_frame_at: datetime | None = None
        self.size_px: tuple[int, int] | None = None

    def says(self, state: ChildState, reason: Sentence = NONE) -> None:
        with self._lock:
            self._said, self._is_lost = Condition(state, reason), False

    def lost(self, reason: Sentence) -> None:
        """Notes that the source cannot be opened or broke off, and will be tried again."""
        with self._lock:
            self._said, self._is_lost = Condition(ChildState.DOWN, reason), True

    def opened(self, pace_s: float) -> None:
        """Notes that the source is open, and how many seconds it means to take between two frames; 0: not known."""
        with self._lock:
            self._pace_s = pace_s

    def reading(self) -> None:
        """Notes that the capture is about to ask the source for a frame."""
        with self._lock:
            self._reading_since_s = self._clock.monotonic()

    def idle(self) -> None:
        """Notes that the capture asks for nothing: it waits to try again, or the source has ended."""
        with self._lock:
            self._reading_since_s = None

    def picture_read(self, frame: Frame | None) -> None:
        """Counts a frame that came; `frame` is None if the capture skipped it."""
        with self._lock:
            now_s = self._clock.monotonic()
            self._read.count(now_s)
            self.frames_read += 1
            # No gap across a lost connection: how long that took says nothing about the source's pace.
            goes_on = self._said.state == ChildState.LIVE and self._frame_at_s is not None
            measured_s = min(now_s - (self._frame_at_s or 0.0), LONGEST_GAP_S) if goes_on else 0.0
            self._gap_s = max(measured_s, self._pace_s)
            self._frame_at_s, self.last_frame_at = now_s, self._clock.now()
            if frame is not None:
                self.size_px = frame.width_px, frame.height_px
            self._said, self._is_lost = Condition(ChildState.LIVE), False

    def loop_turned(self, *, analysed: bool) -> None:
        with self._lock:
            self._loop_at_s = self._clock.monotonic()
            if analysed:
                self._analysed.count(self._loop_at_s)
                self.frames_analysed += 1

    def condition(self) -> Condition:
        """Returns the state and reason to show now."""
        with self._lock:
            now_s = self._clock.monotonic()
            loop_age_s = now_s - self._loop_at_s
            if loop_age_s > LOOP_SLOW_S:
                return Condition(ChildState.STALLED, Reason.LOOP_SILENT.said(silent_s=loop_age_s))
            if self._said.state == ChildState.LIVE and self._frame_at_s is not None:
                silent_s = now_s - self._frame_at_s
                if silent_s > old_after_s(self._gap_s):
                    return Condition(ChildState.STALLED, Reason.NO_PICTURE_FOR.said(silent_s=silent_s))
            seen_s = self._began_s if self._frame_at_s is None else self._frame_at_s
            if self._is_lost and now_s - seen_s < self._down_after_s:
                return Condition(ChildState.CONNECTING, self._said.reason)
            return self._said

    def is_stuck(self) -> bool:
        """Returns whether something hangs that this process cannot free, so that the heartbeat must stop."""
        with self._lock:
            now_s = self._clock.monotonic()
            reading_s = now_s - self._reading_since_s if self._reading_since_s is not None else 0.0
            return now_s - self._loop_at_s > LOOP_STUCK_S or reading_s > READ_STUCK_S + self._pace_s

    def gap_s(self) -> float:
        """Returns the seconds between the source's last two frames; some sources give one every few seconds."""
        with self._lock:
            return self._gap_s

    def frame_age_ms(self) -> int | None:
        with self._lock:
            if self._frame_at_s is None:
                return None
            return round((self._clock.monotonic() - self._frame_at_s) * 1000)

    def rates(self) -> tuple[float, float]:
        """Returns frames read and frames analysed per second."""
        with self._lock:
            now_s = self._clock.monotonic()
            return self._read.per_s(now_s), self._analysed.per_s(now_s)
