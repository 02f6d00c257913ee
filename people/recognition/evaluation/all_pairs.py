"""Compares every photo of a folder with every other: what is missed while few of the others are taken for one person.

Millions of pairs take seconds: products of blocks give the distances, and only those are kept that decide a figure,
the same-person pairs and the nearest hundredth of the others. The figures are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.evaluation.protocols import FALSE_MATCH_RATES, Encoded

Floats = NDArray[np.float64]
BLOCK = 256
"""Photos whose distances to all others are made at once: 40 MB for 20,000 photos."""


@dataclass(frozen=True, slots=True)
class AllPairs:
    photos: int
    missed_photos: int
    """Photos that gave no encoding. Their pairs count as refused, whoever they show."""
    people: int
    same_pairs: int
    other_pairs: int
    fnmr_at_fmr: dict[str, float]
    """Share of same-person pairs refused while at most this share of the others is accepted."""
    thresholds: dict[str, float]
    """Pairs nearer than this are accepted then."""
    false_matches: dict[str, int]
    """Pairs of two people that are accepted then."""
    refused: dict[str, int]
    """Same-person pairs that are refused then."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def all_pairs(people: Sequence[str], vectors: Sequence[Encoded]) -> AllPairs:
    """Judges every pair of the photos; a photo at the same place of `people` and `vectors`. None: no face was found."""
    names, numbers = np.unique(np.array(people, dtype=str), return_inverse=True)
    counts = np.bincount(numbers, minlength=len(names)).astype(np.int64)
    same_pairs = int((counts * (counts - 1) // 2).sum())
    other_pairs = len(people) * (len(people) - 1) // 2 - same_pairs
    found = [place for place, vector in enumerate(vectors) if vector is not None]
    matrix = np.array([vectors[place] for place in found], np.float64) if found else np.empty((0, 1))
    most = int(max(FALSE_MATCH_RATES.values()) * other_pairs) + 1
    same, others = _distances(matrix, numbers[found], most)
    allowed = {name: int(rate * other_pairs) for name, rate in FALSE_MATCH_RATES.items()}
    limits = {name: float(others[count]) if count < len(others) else float("inf") for name, count in allowed.items()}
    refused = {name: same_pairs - int(np.searchsorted(same, limit, "left")) for name, limit in limits.items()}
    return AllPairs(
        photos=len(people),
        missed_photos=len(people) - len(found),
        people=len(names),
        same_pairs=same_pairs,
        other_pairs=other_pairs,
        fnmr_at_fmr={name: count / same_pairs if same_pairs else 0.0 for name, count in refused.items()},
        thresholds={name: min(2.0, limit) for name, limit in limits.items()},
        false_matches={name: int(np.searchsorted(others, limit, "left")) for name, limit in limits.items()},
        refused=refused,
    )


def _distances(matrix: Floats, numbers: NDArray[np.intp], most: int) -> tuple[Floats, Floats]:
    """Returns the distances of all same-person pairs, and the `most` smallest of the others; both ascending."""
    same, others = [np.empty(0)], np.empty(0)
    for distances, is_same in _blocks(matrix, numbers):
        same.append(distances[is_same])
        others = _smallest(np.concatenate([others, _smallest(distances[~is_same], most)]), most)
    return np.sort(np.concatenate(same)), np.sort(others)


def _blocks(matrix: Floats, numbers: NDArray[np.intp]) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    """Yields the distances of each pair once, in parts, and whether the pair shows one person."""
    squares = (matrix**2).sum(axis=1)
    for first in range(0, len(matrix), BLOCK):
        rows = slice(first, first + BLOCK)
        squared = squares[rows, None] + squares[None, first:] - 2 * matrix[rows] @ matrix[first:].T
        later = np.triu(np.ones(squared.shape, bool), 1)
        yield np.sqrt(np.maximum(squared[later], 0)), (numbers[rows, None] == numbers[None, first:])[later]


def _smallest(distances: Floats, most: int) -> Floats:
    return distances if len(distances) <= most else np.partition(distances, most - 1)[:most]
