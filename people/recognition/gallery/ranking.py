"""Ranks the people of a gallery by their distance to a probe."""

from __future__ import annotations

import numpy as np

from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.nearest import NOTHING
from people.recognition.types import Vector


def nearest_people(gallery: Gallery, probe: Vector, count: int) -> list[tuple[str, float]]:
    """Returns at most `count` (person id, Euclidean distance) pairs, nearest first.

    The search is exact; `probe` is (width,) of unit length. Whom a counter-example refuses is left out.
    """
    count = min(count, len(gallery))
    if count < 1:
        return []
    cosines = gallery.cosines(probe)
    rows = np.argpartition(-cosines, count - 1)[:count]
    rows = rows[np.argsort(-cosines[rows], kind="stable")]
    rows = rows[cosines[rows] > NOTHING]
    return [(gallery.ids[row], distance_of(float(cosines[row]))) for row in rows.tolist()]


def distance(one: Vector, other: Vector) -> float:
    """Returns the Euclidean distance, 0 to 2, between two vectors of unit length."""
    return distance_of(float(one @ other))


def distance_of(cosine: float) -> float:
    """Returns the Euclidean distance of unit vectors from their dot product."""
    return float(np.sqrt(max(0.0, 2 - 2 * cosine)))
