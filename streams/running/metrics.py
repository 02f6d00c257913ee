"""Measures how late viewers hear of a sighting: from the capture of its frame until the event is sent.

Every SightingEvent carries its own `delay_ms`. The worker keeps the last 500 and writes their percentiles to its log
once a minute (logger `streams.running.metrics`), so `manage.py runworker` and `make run` both show them.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass

logger = logging.getLogger(__name__)

KEEP = 500
SAY_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class DelaySummary:
    """Percentiles of the last delays, in milliseconds."""

    count: int
    p50_ms: int
    p95_ms: int
    worst_ms: int

    def __str__(self) -> str:
        return f"{self.count} sightings, {self.p50_ms} ms p50, {self.p95_ms} ms p95, {self.worst_ms} ms worst"


class Delays:
    """Keeps the last delays of announced sightings."""

    def __init__(self) -> None:
        self._last: deque[int] = deque(maxlen=KEEP)
        self._said_at = time.monotonic()

    def add(self, delay_ms: int) -> None:
        self._last.append(delay_ms)
        if time.monotonic() - self._said_at >= SAY_EVERY_S:
            self._said_at = time.monotonic()
            logger.info("from capture to event: %s", self.summary())

    def summary(self) -> DelaySummary | None:
        """Returns the percentiles; None before the first sighting."""
        if not self._last:
            return None
        ordered = sorted(self._last)
        return DelaySummary(len(ordered), _percentile(ordered, 0.5), _percentile(ordered, 0.95), ordered[-1])


def _percentile(ordered: list[int], share: float) -> int:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
