"""When packets came that are read in bundles: by the stream's own time, and the earliest that one was read by it."""

from __future__ import annotations

RISE = 0.001
"""Seconds a second by which the stream's clock may be slower than ours; clocks of cameras differ by less."""
JUMP_S = 2.0
"""So much later by its own time than before, and the stream has a new time, or nobody read for a while."""


class Arrivals:
    def __init__(self) -> None:
        self._late_s: float | None = None
        self._read_s = 0.0

    def came_s(self, media_s: float | None, read_s: float) -> float:
        """Returns when the packet of this time in the stream came, read at `read_s` (monotonic): not after that."""
        if media_s is None:
            return read_s
        late_s, before_s, self._read_s = read_s - media_s, self._read_s, read_s
        if self._late_s is None or late_s - self._late_s > JUMP_S:
            self._late_s = late_s
        else:
            self._late_s = min(late_s, self._late_s + RISE * (read_s - before_s))
        return media_s + self._late_s
