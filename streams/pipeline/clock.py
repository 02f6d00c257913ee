"""The two clocks of a camera (times for people, seconds for durations), and how long a picture may pass for live."""

import time
from datetime import UTC, datetime

LATE_S = 3.0
"""So late is the next picture before the newest is called old."""
LONGEST_GAP_S = 5.0
"""Between two pictures of a source that works: network sources that are silent for longer are given up."""


class Clock:
    """The machine's; tests and replays have others."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def old_after_s(period_s: float) -> float:
    """Age from which a picture is old, where one is expected every `period_s`."""
    return LATE_S + period_s
