"""Measures a gallery's own distances: every photo against every template, in blocks, keeping only counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.distances import Distances
from people.recognition.gallery.calibration import Calibration, ClosePair
from people.recognition.gallery.histogram import Histogram
from people.recognition.gallery.judged_looks import JudgedLooks
from people.recognition.types import Matrix

MOST_COMPARISONS = 2_000_000_000
"""They take a minute on one core. Above this only every n-th photo is compared with everybody, and the report says
so."""
BLOCK = 1024
"""Photos and templates compared at once: about 60 MB with everything that is made of their distances."""
MOST_PAIRS = 1000

Rows = NDArray[np.intp]


def calibrate(
    people: Sequence[str],
    vectors: Matrix,
    *,
    distances: Distances,
    within: float,
    most_comparisons: int = MOST_COMPARISONS,
    confirmed: JudgedLooks | None = None,
    rejected: JudgedLooks | None = None,
) -> Calibration:
    """Measures the distances of `vectors`, (photos, width) of unit length; `people` has the person of each row.

    `distances` are those of the engine that made them. Lists the pairs of people at most `within` apart, and those
    within `distances.one_person` in any case. Comparisons within such a near pair do not count as impostors: they say
    nothing about strangers and would make every threshold look too loose.

    `confirmed` looks of cameras are compared like photos: with their own person, and with everybody else as a
    stranger's would be. `rejected` looks are a stranger's for the person whom they were taken for, and for nobody else:
    nobody said who they are.
    """
    none = JudgedLooks.none(vectors.shape[1])
    names, owners = np.unique(np.array(people, dtype=object).astype(str), return_inverse=True)
    owners = np.asarray(owners, np.intp).reshape(-1)
    sums = np.zeros((len(names), vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    templates = _unit(sums)
    seen, of_whom = (confirmed or none).of(names.tolist())
    taken, for_whom = (rejected or none).of(names.tolist())
    step = max(1, math.ceil((len(vectors) + len(seen)) * len(names) / most_comparisons))
    probes = np.concatenate([vectors, seen.vectors])[::step]
    whose = np.concatenate([owners, of_whom])[::step]
    close = _close(templates, max(within, distances.one_person), max(1, math.ceil(len(names) ** 2 / most_comparisons)))
    doubles = [(one, other) for one, other, apart in close if apart <= distances.one_person]
    return Calibration(
        people=len(names),
        photos=len(vectors),
        compared=len(probes),
        genuine=_genuine(vectors, owners, sums).plus(_to(seen, of_whom, templates)),
        impostor=_impostor(probes, whose, templates)
        .minus(_across(doubles, probes, whose, templates))
        .plus(_to(taken, for_whom, templates)),
        close=tuple(ClosePair(str(names[one]), str(names[other]), apart) for one, other, apart in close),
        distances=distances,
        confirmed=len(seen),
        rejected=len(taken),
    )


def _to(looks: JudgedLooks, people: Rows, templates: Matrix) -> NDArray[np.float32]:
    """Returns the distance of each look to the template in the row of its person."""
    return _distances(np.vecdot(looks.vectors, templates[people]))


def _genuine(vectors: Matrix, owners: Rows, sums: Matrix) -> Histogram:
    """Compares each photo with its person's template made without it, and skips people with one photo."""
    several = np.bincount(owners)[owners] > 1
    own = vectors[several]
    others = _unit(sums[owners[several]] - own)
    return Histogram.empty().plus(_distances(np.einsum("ij,ij->i", own, others)))


def _impostor(probes: Matrix, whose: Rows, templates: Matrix) -> Histogram:
    found = Histogram.empty()
    for start in range(0, len(probes), BLOCK):
        part, owners = probes[start : start + BLOCK], whose[start : start + BLOCK]
        for first in range(0, len(templates), BLOCK):
            block = templates[first : first + BLOCK]
            distances = _distances(part @ block.T)
            strangers = owners[:, None] != np.arange(first, first + len(block))[None, :]
            found = found.plus(distances[strangers])
    return found


def _across(doubles: Sequence[tuple[int, int]], probes: Matrix, whose: Rows, templates: Matrix) -> Histogram:
    """Compares the photos of each person in a pair with the other person's template."""
    found = Histogram.empty()
    for one, other in doubles:
        for this, that in ((one, other), (other, one)):
            found = found.plus(_distances(probes[whose == this] @ templates[that]))
    return found


def _close(templates: Matrix, within: float, step: int) -> list[tuple[int, int, float]]:
    """Returns rows and distance of near templates; compares only every `step`-th row in a very large gallery."""
    pairs: list[tuple[int, int, float]] = []
    rows = np.arange(0, len(templates), step)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        for first in range(0, len(templates), BLOCK):
            distances = _distances(templates[part] @ templates[first : first + BLOCK].T)
            row, column = np.nonzero(distances <= within)
            ones, others, apart = part[row], column + first, distances[row, column]
            # Each pair once: from its lower row, or from the only one of its rows that is compared with all.
            once = (ones < others) | ((ones != others) & (others % step != 0))
            nearest = np.flatnonzero(once)[np.argsort(apart[once], kind="stable")[:MOST_PAIRS]]
            pairs += [(int(ones[i]), int(others[i]), float(apart[i])) for i in nearest]
            pairs = sorted(pairs, key=lambda pair: pair[2])[:MOST_PAIRS]
    return pairs


def _unit(vectors: Matrix) -> Matrix:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _distances(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the Euclidean distances of unit vectors from their dot products."""
    return np.asarray(np.sqrt(np.maximum(0, 2 - 2 * cosines)), np.float32)
