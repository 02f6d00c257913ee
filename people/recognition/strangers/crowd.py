"""The strangers of one engine in memory: one mean each, and how near each lies to the crowd of all others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Matrix, Vector

Numbers = NDArray[np.float32]
Rows = NDArray[np.intp]

SMALLEST_CROWD = 60
"""With fewer strangers there is no crowd to compare with."""
FROM_RANK, TO_RANK = 20, 220
"""The crowd of a face: its 20th to 220th nearest strangers. The nearest ones may be the same person again."""
GONE = 3.0
"""The distance of a stranger who was joined with another: farther than any."""
BLOCK = 64
"""Strangers that are compared with everybody at a time: 25 MB among 100,000."""


@dataclass(slots=True)
class Crowd:
    """Grows by `add`; `weights` are the number of sightings in each mean, 0 for one that was joined with another."""

    means: Matrix
    """(n, width), unit length; rows from `size` on are not in use yet."""
    weights: NDArray[np.int64]
    size: int
    _tails: dict[int, tuple[int, float, float]] = field(default_factory=dict)
    """Of a row: how many strangers there were when it was measured, then the mean and deviation of its crowd."""

    @classmethod
    def of(cls, means: Matrix, weights: NDArray[np.int64]) -> Crowd:
        return cls(means, weights, len(means))

    @classmethod
    def with_room(cls, most: int, width: int) -> Crowd:
        return cls(np.zeros((most, width), np.float32), np.zeros(most, np.int64), 0)

    @property
    def living(self) -> int:
        """How many strangers there are."""
        return int(np.count_nonzero(self.weights[: self.size]))

    def add(self, mean: Vector) -> int:
        """Begins a stranger with one sighting; returns its row."""
        row, self.size = self.size, self.size + 1
        self.means[row], self.weights[row] = mean, 1
        return row

    def put(self, row: int, mean: Vector, weight: int = 1) -> None:
        """Adds the mean of `weight` sightings to a stranger."""
        self.means[row] = joined_mean(self.means[row], int(self.weights[row]), mean, weight)
        self.weights[row] += weight
        self._tails.pop(row, None)

    def join(self, row: int, into: int) -> None:
        """Makes one stranger part of another."""
        self.put(into, self.means[row], int(self.weights[row]))
        self.weights[row] = 0

    def distances(self, probes: Matrix) -> Numbers:
        """Returns the distances (k, size) of probes (k, width) to all strangers; GONE for those who are no more."""
        squared = 2 - 2 * (probes @ self.means[: self.size].T)
        found = np.sqrt(np.maximum(squared, 0, out=squared), out=squared)
        found[:, self.weights[: self.size] == 0] = GONE
        return np.asarray(found, np.float32)

    def from_each_other(self, rows: Rows) -> Numbers:
        """Returns the distances of these strangers to all others; GONE to themselves."""
        found = self.distances(self.means[rows])
        found[np.arange(len(rows)), rows] = GONE
        return found

    def tails(self, rows: Rows) -> tuple[Numbers, Numbers]:
        """Returns mean and deviation of the distances to the crowd, of each of these strangers.

        They are measured again when there are a fifth more strangers than at the last time.
        """
        old = [row for row in dict.fromkeys(rows.tolist()) if self.size > 1.2 * self._tails.get(row, (0,))[0]]
        for start in range(0, len(old), BLOCK):
            block = np.array(old[start : start + BLOCK])
            for row, mean, deviation in zip(
                block.tolist(), *crowd_of(self.from_each_other(block), self.living), strict=True
            ):
                self._tails[row] = self.size, float(mean), float(deviation)
        known = np.array([self._tails[row][1:] for row in rows.tolist()], np.float32).reshape(-1, 2)
        return known[:, 0], known[:, 1]


def crowd_of(distances: Numbers, living: int) -> tuple[Numbers, Numbers]:
    """Returns mean and deviation of each row's FROM_RANK-th to TO_RANK-th smallest distances; of few, a part."""
    last = min(TO_RANK, living // 2)
    first = min(FROM_RANK, last // 11)
    nearest = np.sort(np.partition(distances, last, axis=1)[:, :last], axis=1)[:, first:]
    return nearest.mean(axis=1), np.maximum(nearest.std(axis=1), 1e-6)


def mean_of(vectors: Matrix) -> Vector:
    """Returns the mean of unit vectors, (n, width) with n from 1 on, of unit length."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def joined_mean(mean: Vector, weight: int, other: Vector, other_weight: int) -> Vector:
    """Returns the mean of two means of so many sightings, of unit length."""
    total = mean * np.float32(weight) + other * np.float32(other_weight)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-6), np.float32)
