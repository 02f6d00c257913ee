"""Turns media times into waiting, so that a recording plays as fast as life."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_STEP_S = 2.0
"""Timestamps further apart than this count as damage, not as a pause."""


class Pace:
    """A frame is due when as much real time has passed as media time."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._due_s = 0.0
        self._media_s: float | None = None

    def wait(self, media_s: float) -> None:
        now = self._monotonic()
        step_s = 0.0 if self._media_s is None else media_s - self._media_s
        self._media_s = media_s
        if not 0 <= step_s <= LONGEST_STEP_S or now - self._due_s - step_s > LONGEST_STEP_S:
            self._due_s = now  # first frame, a new round, or we were held up: go on from here
            return
        self._due_s += step_s
        if self._due_s > now:
            self._sleep(self._due_s - now)
