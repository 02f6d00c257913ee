"""The two clocks of a camera (times for people, seconds for durations), and the age from which a frame is old."""

import time
from datetime import UTC, datetime

LATE_S = 3.0
"""The newest frame is old once the next one is late by this much."""
LONGEST_GAP_S = 20.0
"""Longest time between two frames that counts as a slow source's pace (a picture in 7 s is live)."""


class Clock:
    """Reads the machine's clocks; tests and replays use other ones."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def old_after_s(period_s: float) -> float:
    """Returns the age from which a frame is old if one is expected every `period_s`."""
    return LATE_S + period_s
