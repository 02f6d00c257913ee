"""Tells which of a person's photos seem to show somebody else: those outside the largest group that agrees.

Photos are joined into groups, the nearest two groups first, as long as their templates are near enough. Which photos
stand apart depends on the set alone, never on the order in which the photos came. `manage.py evaluate_odd_photos`
measures what they catch and cost (docs/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.distances import Distances
from people.recognition.types import Matrix, Vector

MOST_GROUPED = 100
"""Of more photos the oldest are grouped, and each of the others is compared with that group's template: grouping 100
takes 25 ms, and its time grows with the third power."""


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """Distances between photos of one person, 0 to 2; beyond them somebody is asked."""

    template: float
    """From a photo, or the template of several, to the template of others."""
    pair: float
    """Between two photos."""

    @classmethod
    def of(cls, distances: Distances) -> OwnLimits:
        """Returns the limits of one engine."""
        return cls(distances.own, distances.pair)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A photo that is unlike the person's other photos."""

    row: int
    distance: float
    """To the template of those that agree, or to the only other photo."""
    only_other: int | None
    """Row of the one photo that it is unlike. No two photos agree then, so either of the two may be the wrong one."""


def doubts(vectors: Matrix, confirmed: Sequence[bool], limits: OwnLimits) -> list[Doubt]:
    """Returns the photos that seem to show somebody else. Where no two photos agree, the oldest is left out of doubt.

    `vectors` are one person's encodings, (n, d) of unit length, oldest first. Somebody has said of the `confirmed` ones
    that they show this person: they are never doubted, and photos that agree with one of them are not either.
    """
    if len(vectors) < 2:
        return []
    groups = _groups(vectors[:MOST_GROUPED], limits)
    agreeing = _agreeing(groups, confirmed)
    template = _template(vectors[agreeing])
    rest = [row for row in range(min(len(vectors), MOST_GROUPED)) if row not in set(agreeing) and not confirmed[row]]
    rest += [row for row in range(MOST_GROUPED, len(vectors)) if _late(vectors[row], template, limits, confirmed[row])]
    only = agreeing[0] if len(agreeing) == 1 and not any(confirmed) else None
    return [Doubt(row, distance_to(template, vectors[row]), only) for row in rest]


def distance_to(one: Vector, other: Vector) -> float:
    """Returns the Euclidean distance of two vectors of unit length."""
    return float(np.linalg.norm(one - other))


def _groups(vectors: Matrix, limits: OwnLimits) -> list[list[int]]:
    """Joins the nearest two groups until the nearest two are too far apart to be one person's."""
    members = [[row] for row in range(len(vectors))]
    products = (vectors @ vectors.T).astype(np.float64)  # of the groups' sums
    alone = np.ones(len(vectors), bool)
    excess = np.full(products.shape, np.inf)
    while True:
        excess[:] = _excess(products, alone, limits)
        one, other = sorted(divmod(int(excess.argmin()), len(vectors)))
        if excess[one, other] > 0:
            return [rows for rows in members if rows]
        members[one] += members[other]
        members[other] = []
        products[one] += products[other]
        products[:, one] += products[:, other]
        products[other] = products[:, other] = np.nan
        alone[one] = False


def _excess(products: NDArray[np.float64], alone: NDArray[np.bool_], limits: OwnLimits) -> NDArray[np.float64]:
    """Returns by how much the distance of each two groups is beyond its limit; infinite where there is no pair."""
    lengths = np.sqrt(products.diagonal())
    cosines = products / np.outer(lengths, lengths)
    distances = np.sqrt(np.maximum(0, 2 - 2 * cosines))
    found = distances - np.where(np.logical_and.outer(alone, alone), limits.pair, limits.template)
    np.fill_diagonal(found, np.inf)
    return np.asarray(np.nan_to_num(found, nan=np.inf, posinf=np.inf), np.float64)


def _agreeing(groups: Sequence[list[int]], confirmed: Sequence[bool]) -> list[int]:
    """Returns the rows of all groups with a confirmed photo, or else of the largest one; the oldest of equals."""
    sure = [row for rows in groups if any(confirmed[row] for row in rows) for row in rows]
    largest = min(groups, key=lambda rows: (-len(rows), min(rows)))
    return sorted(sure or largest)


def _late(vector: Vector, template: Vector, limits: OwnLimits, confirmed: bool) -> bool:
    return not confirmed and distance_to(template, vector) > limits.template


def _template(vectors: Matrix) -> Vector:
    mean = vectors.sum(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
