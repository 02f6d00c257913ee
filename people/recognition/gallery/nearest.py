"""Finds the two templates nearest to each of many probes, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Matrix

BLOCK_ROWS = 8192
"""Templates multiplied at once: their products with 32 probes stay in the second-level cache."""
NOTHING = -2.0
"""A value below every cosine."""

Indexes = NDArray[np.intp]
Cosines = NDArray[np.float32]


def two_nearest(templates: Matrix, probes: Matrix, gone: Indexes | None = None) -> tuple[Indexes, Cosines]:
    """Returns rows and cosines of the nearest and second nearest template of each probe, both (probes, 2).

    `templates` (n, width) and `probes` (p, width) are of unit length. Each template is read once for all probes,
    because reading is what a search in a large gallery costs. The sorted rows `gone` count no more. The cosine is
    NOTHING where there is no other template.
    """
    rows = np.zeros((len(probes), 2), np.intp)
    cosines = np.full((len(probes), 2), NOTHING, np.float32)
    for start in range(0, len(templates), BLOCK_ROWS):
        products = np.ascontiguousarray((templates[start : start + BLOCK_ROWS] @ probes.T).T)
        if gone is not None:
            first, last = np.searchsorted(gone, (start, start + BLOCK_ROWS))
            products[:, gone[first:last] - start] = NOTHING
        found = [_take_best(products) for _ in range(2)]
        all_rows = np.column_stack([rows, *(best + start for best, _cosine in found)])
        all_cosines = np.column_stack([cosines, *(cosine for _best, cosine in found)])
        rows, cosines = best_two(all_rows, all_cosines)
    return rows, cosines


def best_two(rows: Indexes, cosines: Cosines) -> tuple[Indexes, Cosines]:
    """Returns the two largest cosines of each probe and their rows; of equal ones the first."""
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :2]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(cosines, order, axis=1)


def _take_best(products: Cosines) -> tuple[Indexes, Cosines]:
    """Returns index and value of each row's largest product, and crosses that product out."""
    best = products.argmax(axis=1)
    every = np.arange(len(products))
    cosine = products[every, best].copy()
    products[every, best] = NOTHING
    return best, cosine
