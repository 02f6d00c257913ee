"""Searches a large gallery exactly: 8-bit templates give a few candidates, and 32 bits decide among them.

A search is bound by the memory it reads, and this one reads one byte of a number instead of four. The largest rounding
error is known, so no template that could be nearest is left out.
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
"""Templates multiplied at once. Buffers of more than 32 MB go back to the system; smaller ones would leave holes."""
MADE_ROWS = 8192
"""Templates rounded at once."""
BLOCK_ROWS = 256
"""The search first takes the largest product of each block. The two largest of these belong to two people, so the
lower one is a limit for the second nearest, and only the few blocks that reach it are searched row by row."""
MOST_PROBES = 16
"""Probes searched at once: their products with one part are 19 MB."""
SLACK = 1e-5
"""Rounding error of a cosine in 32 bits."""
LEAST = np.iinfo(np.int32).min
Integers = NDArray[np.int32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coarse:
    """The templates of one gallery minus their mean, rounded to 8 bits."""

    count: int
    parts: tuple[CodeProducts, ...]
    """Of PART_ROWS templates each. Copies of the last template fill up the last block."""
    steps: Vector
    """(width,): the length of one step of a code, by component."""
    off: float
    """Largest difference between a template and its code, as a length."""
    reach: float
    """Length of the longest code, in steps."""
    probe_steps: int

    @classmethod
    def of(cls, templates: Matrix, probe_steps: int | None = None) -> Coarse:
        """Rounds `templates`, 100,000 in about 0.2 s; `probe_steps` is by default the finest for this processor."""
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
        """Does what nearest.two_nearest does; `templates` are those that this was made of.

        Of equal ones the first is nearer.
        """
        nearest = np.empty((len(probes), 2), np.intp)
        cosines = np.empty((len(probes), 2), np.float32)
        for number, rows in enumerate(self.candidates(probes)):
            among = np.vecdot(templates[rows], probes[number])
            order = np.argsort(-among, kind="stable")[:2]
            nearest[number], cosines[number] = rows[order], among[order]
        return nearest, cosines

    def candidates(self, probes: Matrix) -> Iterator[Rows]:
        """Yields for each of (p, width) probes the ordered rows among which its two nearest templates are."""
        for start in range(0, len(probes), MOST_PROBES):
            some = probes[start : start + MOST_PROBES]
            numbers, rows = self._within(*self._rounded(some))
            yield from (rows[numbers == number] for number in range(len(some)))

    def _rounded(self, probes: Matrix) -> tuple[Matrix, NDArray[np.float64]]:
        """Returns the probes in whole numbers, and by how much their products must differ to be told apart."""
        weighted = probes * self.steps
        step = np.maximum(np.abs(weighted).max(axis=1, keepdims=True), 1e-12) / self.probe_steps
        codes = np.round(weighted / step)
        unsure = self.off * _lengths(probes) + self.reach * _lengths(weighted - codes * step)
        return codes, np.ceil(2 * (unsure + SLACK) / step[:, 0])

    def _within(self, probes: Matrix, band: NDArray[np.floating[Any]]) -> tuple[Rows, Rows]:
        """Returns (numbers of probes, rows) of all products at most `band` below the probe's second largest."""
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
    """Returns (width, n) codes in whole blocks, with their `off` and `reach` as in Coarse."""
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
