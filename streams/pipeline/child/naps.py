"""How long a dozing camera's reader sleeps: packets are read in bundles, and key frames soon after they came."""

from __future__ import annotations

NAP_S = 0.2
"""Packets are read in bundles: to wake for each costs as much as to read it."""
LATER_S = 0.03
"""How much later than expected a key frame may come and still be in the bundle: it is large, and networks jitter."""


class Naps:
    """Learns when key frames come, and divides the time until the next one into naps of about NAP_S."""

    def __init__(self) -> None:
        self._came_s: float | None = None
        self._apart_s = 0.0

    def key(self, came_s: float) -> None:
        """Notes that a key frame came, in seconds on the clock of `next_s`."""
        if self._came_s is not None:
            self._apart_s = came_s - self._came_s
        self._came_s = came_s

    def next_s(self, now_s: float) -> float:
        """Returns the seconds to sleep: 0.7 to 1.5 times NAP_S, or less where a key frame is expected sooner."""
        left_s = (self._came_s or 0.0) + self._apart_s + LATER_S - now_s
        if self._apart_s <= 0 or left_s <= 0:
            return NAP_S
        return left_s / max(1, round(left_s / NAP_S))
