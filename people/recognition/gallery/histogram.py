"""Counts distances in steps of a thousandth: any number of them in 16 KB, with their mean and spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 0.001
BINS = 2000
"""Distances of unit vectors go from 0 to 2."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """A count of distances; immutable, `plus` and `minus` return another one."""

    counts: NDArray[np.int64]
    """(2000,): how many distances fell into each thousandth."""
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def empty(cls) -> Histogram:
        return cls(np.zeros(BINS, np.int64))

    def plus(self, distances: NDArray[np.float32]) -> Histogram:
        """Returns a histogram that counts `distances` (of any shape) as well."""
        exact = distances.astype(np.float64)
        bins = np.clip((exact / STEP).astype(np.int64), 0, BINS - 1).ravel()
        counts = self.counts + np.bincount(bins, minlength=BINS)
        return Histogram(counts, self.total + float(exact.sum()), self.squares + float((exact**2).sum()))

    def minus(self, other: Histogram) -> Histogram:
        """Returns a histogram without the distances of `other`, which must all have been added before."""
        return Histogram(self.counts - other.counts, self.total - other.total, self.squares - other.squares)

    @property
    def count(self) -> int:
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        """Returns the mean distance, or 0 if there are no distances."""
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        variance = self.squares / self.count - self.mean**2 if self.count else 0.0
        return float(np.sqrt(max(variance, 0.0)))

    @property
    def smallest(self) -> float | None:
        """Returns the smallest distance, rounded down to a thousandth, or None if there are no distances."""
        return float(np.flatnonzero(self.counts)[0] * STEP) if self.count else None

    @property
    def largest(self) -> float | None:
        """Returns the largest distance, rounded up to a thousandth, or None if there are no distances."""
        return float((np.flatnonzero(self.counts)[-1] + 1) * STEP) if self.count else None

    def within(self, distance: float) -> int:
        """Returns how many distances are `distance` or less."""
        return int(self.counts[: max(0, round(distance / STEP))].sum())

    def share_within(self, distance: float) -> float:
        """Returns the share of distances (0 to 1) that are `distance` or less, or 0 if there are none."""
        return self.within(distance) / self.count if self.count else 0.0

    def quantile(self, share: float) -> float:
        """Returns the largest distance, to a thousandth, that at most `share` of all lie below."""
        return float(np.searchsorted(np.cumsum(self.counts), share * self.count, side="right") * STEP)

    def coarse(self, *, step: float, upto: float) -> list[tuple[float, int]]:
        """Returns (start, count) for bars of width `step` from 0 to `upto`, for drawing."""
        width = round(step / STEP)
        starts = range(0, round(upto / STEP), width)
        return [(round(start * STEP, 6), int(self.counts[start : start + width].sum())) for start in starts]
