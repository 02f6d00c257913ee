"""The two clocks of a camera: times for people, and seconds for durations."""

import time
from datetime import UTC, datetime


class Clock:
    """The machine's; tests and replays have others."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
