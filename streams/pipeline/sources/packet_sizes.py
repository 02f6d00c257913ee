"""Tells by the sizes of packets that something moves: an encoder pays for motion, and nothing needs to be decoded.

Tried on a still scene with sensor noise into which people step (variable bit rate): 92 % of the packets while they
moved were above the limit, and 1 of 375 still ones. With a constant bit rate sizes tell nothing. Right after a key
frame packets are larger in any case, up to twice at 1080p: the encoder refines what the key frame left coarse.
"""

from __future__ import annotations

from collections import deque

import numpy as np

LEARNS_FROM = 50
"""Packets, 2 s: fewer say little about what is usual."""
LEARNS_EVERY = 10
"""Packets between two looks at what is usual, which cost 0.1 ms."""
REMEMBERS = 250
DEVIATIONS = 6
LEAST_SPREAD = 0.05
"""Share of the median: a picture from a generator has no noise, and every packet would be unusual."""
SETTLES = 12
"""Packets after a key frame that say nothing."""
OF_LAST, ENOUGH = 3, 2
"""So many of the last packets must be above the limit: one alone is above it every 15 s in a still scene."""


class PacketSizes:
    """Learns what is usual from the packets between key frames of a still scene."""

    def __init__(self) -> None:
        self._sizes: deque[int] = deque(maxlen=REMEMBERS)
        self._above: deque[bool] = deque(maxlen=OF_LAST)
        self._since_key = self._new = 0
        self._limit = float("inf")

    def key(self) -> None:
        """Notes a key frame; its own size tells nothing."""
        self._since_key = 0
        self._above.clear()

    def tells(self, size_bytes: int) -> bool:
        """Adds the next packet that is no key frame; returns whether the last ones are larger than usual."""
        self._since_key += 1
        if self._since_key <= SETTLES:
            return False
        self._above.append(size_bytes > self._limit)
        self._sizes.append(size_bytes)
        self._new += 1
        if self._new >= LEARNS_EVERY and len(self._sizes) >= LEARNS_FROM:
            self._limit, self._new = self._unusual(), 0
        return sum(self._above) >= ENOUGH

    def _unusual(self) -> float:
        sizes = np.array(self._sizes)
        median = float(np.median(sizes))
        return median + DEVIATIONS * max(float(np.median(np.abs(sizes - median))), LEAST_SPREAD * median)
