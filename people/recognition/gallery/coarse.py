"""Exact search in a large gallery: templates in 8 bits say which few could be nearest, 32 bits decide among those.

A search is bound by the memory it reads, and this reads 128 bytes a template instead of 512. How much rounding can
change is known, so nothing that could be nearest is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.gallery.code_products import CODE_STEPS, CodeProducts, finest_probe_steps
from people.recognition.gallery.nearest import Cosines
from people.recognition.types import Matrix, Vector

PART_ROWS = 300_032
"""Templates multiplied at once. Buffers of more than 32 MB go back to the system, smaller ones would leave holes."""
MADE_ROWS = 8192
"""Rounded at once."""
BLOCK_ROWS = 256
"""The largest product of each block: two of them belong to two people, which gives a lower limit for the second;
and only the few blocks that reach the limit are looked at row by row."""
MOST_PROBES = 16
"""At once: their products with one part are 19 MB."""
SLACK = 1e-5
"""Of a cosine: what 32 bits themselves round."""
LEAST = np.iinfo(np.int32).min
Integers = NDArray[np.int32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coarse:
    """The templates of one gallery without their mean, rounded to 8 bits."""

    count: int
    parts: tuple[CodeProducts, ...]
    """Of PART_ROWS templates each. The last template fills up the last block."""
    steps: Vector
    """(128,): what one step of a code stands for, by component."""
    off: float
    """No template differs from its code by more: length of the difference."""
    reach: float
    """No code is longer, in steps."""
    probe_steps: int

    @classmethod
    def of(cls, templates: Matrix, probe_steps: int | None = None) -> Coarse:
        """100,000 templates take about 0.2 s. `probe_steps`: by default what this processor can."""
        probe_steps = probe_steps or finest_probe_steps()
        mean = templates.mean(axis=0, dtype=np.float64).astype(np.float32)
        furthest = np.maximum(templates.max(axis=0) - mean, mean - templates.min(axis=0))
        steps = np.maximum(furthest, 1e-9) / CODE_STEPS
        parts = []
        off = reach = 0.0
        for start in range(0, len(templates), PART_ROWS):
            codes, part_off, part_reach = _codes(templates[start : start + PART_ROWS], mean, steps)
            parts.append(CodeProducts(codes, probe_steps))
            off, reach = max(off, part_off), max(reach, part_reach)
        return cls(len(templates), tuple(parts), steps, off, reach, probe_steps)

    def two_nearest(self, templates: Matrix, probes: Matrix) -> tuple[Rows, Cosines]:
        """As nearest.two_nearest, with the `templates` that this was made of. Of equal ones the first is nearer."""
        nearest = np.empty((len(probes), 2), np.intp)
        cosines = np.empty((len(probes), 2), np.float32)
        for number, rows in enumerate(self.candidates(probes)):
            among = np.vecdot(templates[rows], probes[number])
            order = np.argsort(-among, kind="stable")[:2]
            nearest[number], cosines[number] = rows[order], among[order]
        return nearest, cosines

    def candidates(self, probes: Matrix) -> Iterator[Rows]:
        """For each of (p, 128) probes the rows, in order, among which the two nearest templates are."""
        for start in range(0, len(probes), MOST_PROBES):
            some = probes[start : start + MOST_PROBES]
            numbers, rows = self._within(*self._rounded(some))
            yield from (rows[numbers == number] for number in range(len(some)))

    def _rounded(self, probes: Matrix) -> tuple[Matrix, NDArray[np.float64]]:
        """The probes in whole numbers, and how much their products must differ to be told apart for certain."""
        weighted = probes * self.steps
        step = np.maximum(np.abs(weighted).max(axis=1, keepdims=True), 1e-12) / self.probe_steps
        codes = np.round(weighted / step)
        unsure = self.off * _lengths(probes) + self.reach * _lengths(weighted - codes * step)
        return codes, np.ceil(2 * (unsure + SLACK) / step[:, 0])

    def _within(self, probes: Matrix, band: NDArray[np.floating[Any]]) -> tuple[Rows, Rows]:
        """(numbers of probes, rows) of all products that are at most `band` below the probe's second largest."""
        best = np.full((len(probes), 2), LEAST, np.int32)
        found: list[tuple[Rows, Rows, Integers]] = []
        for part, products in enumerate(codes.of(probes) for codes in self.parts):
            blocks = products.reshape(len(probes), -1, BLOCK_ROWS)
            largest = blocks.max(axis=2)
            best = np.partition(np.concatenate([best, largest], axis=1), -2, axis=1)[:, -2:]
            limits = _limits(best, band)
            numbers, block = np.nonzero(largest >= limits[:, None])
            near = blocks[numbers, block]
            hit, place = np.nonzero(near >= limits[numbers, None])
            rows = part * PART_ROWS + block[hit] * BLOCK_ROWS + place
            found.append((numbers[hit], rows, near[hit, place]))
        numbers, rows, nearest = (np.concatenate(parts) for parts in zip(*found, strict=True))
        kept = (nearest >= _limits(best, band)[numbers]) & (rows < self.count)
        return numbers[kept], rows[kept]


def _codes(templates: Matrix, mean: Vector, steps: Vector) -> tuple[NDArray[np.int8], float, float]:
    """(128, n) codes in whole blocks, and of how much they are `off` and their `reach`."""
    count = len(templates)
    codes = np.empty((templates.shape[1], -(-count // BLOCK_ROWS) * BLOCK_ROWS), np.int8)
    off = reach = 0.0
    for start in range(0, count, MADE_ROWS):
        apart = templates[start : start + MADE_ROWS] - mean
        rounded = np.round(apart / steps)
        codes[:, start : start + len(apart)] = rounded.T
        off = max(off, float(_lengths(apart - rounded * steps).max()))
        reach = max(reach, float(_lengths(rounded).max()))
    codes[:, count:] = codes[:, count - 1 : count]
    return codes, off, reach


def _lengths(vectors: NDArray[np.floating[Any]]) -> Vector:
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)), np.float32)


def _limits(best: Integers, band: NDArray[np.floating[Any]]) -> Integers:
    return np.asarray(np.maximum(best[:, 0] - band, LEAST), np.int32)
