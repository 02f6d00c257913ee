"""When a worker sweeps: every few seconds to renew its leases, and in between when a doorbell rings.

A doorbell brings all workers into step, and while cameras move each worker rings for all others. So sweeps come a
little sooner at random, and not closer together than half a second.
"""

from __future__ import annotations

import random
import time

from streams.running.leases import RENEW_EVERY_S

SWEEP_EVERY_S = RENEW_EVERY_S
SOONER = 0.2
"""Up to this share of the time a sweep comes sooner."""
# 0.1 s: as long as a doorbell may wait so that not all workers ask at once. 0.5 s: the second of two waits longer.
HEARD_WITHIN_S, APART_S = 0.1, 0.5


class SweepPace:
    def __init__(self) -> None:
        self._due = self._began = 0.0

    def begin(self) -> bool:
        """Notes that a sweep begins; returns whether it should renew: it need not soon after a renewal."""
        self._began = time.monotonic()
        renews = self._began >= self._due - SWEEP_EVERY_S / 2
        if renews:
            self._due = self._began + SWEEP_EVERY_S * random.uniform(1 - SOONER, 1.0)  # noqa: S311 - not for secrets
        return renews

    def until_next_s(self) -> float:
        """Returns the seconds until the next sweep if no doorbell rings."""
        return max(0.0, self._due - time.monotonic())

    def after_a_ring_s(self) -> float:
        """Returns the seconds to wait after a doorbell."""
        apart = APART_S * random.uniform(1 - SOONER, 1.0)  # noqa: S311
        return max(random.uniform(0.0, HEARD_WITHIN_S), self._began + apart - time.monotonic())  # noqa: S311
