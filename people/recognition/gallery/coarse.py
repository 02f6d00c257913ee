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

from people.recognition.gallery.code_products import Codes, Integers, finest_probe_steps, products
from people.recognition.gallery.nearest import NOTHING, Cosines, Indexes
from people.recognition.gallery.rounding import Rounding, lengths, room_for
from people.recognition.types import Matrix, Vector

BLOCK_ROWS = 256
"""The search first takes the largest product of each block. The two largest of these belong to two people, so the
lower one is a limit for the second nearest, and only the few blocks that reach it are searched row by row."""
PART_ROWS = 128 * BLOCK_ROWS
"""Templates multiplied at once: few calls, and products that stay near the processor (2 MB for 16 probes)."""
MOST_PROBES = 16
"""Probes searched at once."""
SLACK = 1e-5
"""Rounding error of a cosine in 32 bits."""
LEAST = np.iinfo(np.int32).min
"""The product of a row that counts no more."""
NO_ROWS: Indexes = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class Coarse:
    """The first `count` templates of a gallery, minus their mean, rounded to 8 bits; whole blocks of them."""

    codes: Codes
    count: int
    steps: Vector
    """(width,): the length of one step of a code, by component."""
    off: float
    """Largest difference between a template and its code, as a length."""
    reach: float
    """Length of the longest code, in steps."""
    probe_steps: int

    @classmethod
    def of(cls, templates: Matrix, probe_steps: int | None = None) -> Coarse:
        """Rounds whole blocks of `templates`; `probe_steps` is by default the finest for this processor."""
        whole = templates[: len(templates) // BLOCK_ROWS * BLOCK_ROWS]
        rounding, codes = Rounding.of(templates), room_for(len(whole), templates.shape[1])
        off, reach = rounding.write(whole, codes)
        return cls(codes, len(whole), rounding.steps, off, reach, probe_steps or finest_probe_steps())

    def two_nearest(self, templates: Matrix, probes: Matrix, gone: Indexes = NO_ROWS) -> tuple[Indexes, Cosines]:
        """Does what nearest.two_nearest does, among the first `count` of `templates`.

        `templates` are those that this was made of. Of equal ones the first is nearer.
        """
        nearest = np.zeros((len(probes), 2), np.intp)
        cosines = np.full((len(probes), 2), NOTHING, np.float32)
        for number, rows in enumerate(self.candidates(probes, gone)):
            among = np.vecdot(templates[rows], probes[number])
            order = np.argsort(-among, kind="stable")[:2]
            nearest[number, : len(order)], cosines[number, : len(order)] = rows[order], among[order]
        return nearest, cosines

    def candidates(self, probes: Matrix, gone: Indexes = NO_ROWS) -> Iterator[Indexes]:
        """Yields for each of (p, width) probes the ordered rows among which its two nearest templates are.

        `gone` are sorted rows that count no more.
        """
        for start in range(0, len(probes), MOST_PROBES):
            some = probes[start : start + MOST_PROBES]
            numbers, rows = self._within(*self._rounded(some), gone)
            yield from (rows[numbers == number] for number in range(len(some)))

    def _rounded(self, probes: Matrix) -> tuple[Matrix, NDArray[np.float64]]:
        """Returns the probes in whole numbers, and by how much their products must differ to be told apart."""
        weighted = probes * self.steps
        step = np.maximum(np.abs(weighted).max(axis=1, keepdims=True), 1e-12) / self.probe_steps
        codes = np.round(weighted / step)
        unsure = self.off * lengths(probes) + self.reach * lengths(weighted - codes * step)
        return codes, np.ceil(2 * (unsure + SLACK) / step[:, 0])

    def _within(self, probes: Matrix, band: NDArray[np.floating[Any]], gone: Indexes) -> tuple[Indexes, Indexes]:
        """Returns (numbers of probes, rows) of all products at most `band` below the probe's second largest."""
        best = np.full((len(probes), 2), LEAST, np.int32)
        found: list[tuple[Indexes, Indexes, Integers]] = []
        for start in range(0, self.count, PART_ROWS):
            blocks = self._products(probes, start, gone).reshape(len(probes), -1, BLOCK_ROWS)
            largest = blocks.max(axis=2)
            best = np.partition(np.concatenate([best, largest], axis=1), -2, axis=1)[:, -2:]
            limits = _limits(best, band)
            numbers, block = np.nonzero(largest >= limits[:, None])
            near = blocks[numbers, block]
            hit, place = np.nonzero(near >= limits[numbers, None])
            found.append((numbers[hit], start + block[hit] * BLOCK_ROWS + place, near[hit, place]))
        numbers, rows, nearest = (np.concatenate(parts) for parts in zip(*found, strict=True))
        kept = nearest >= _limits(best, band)[numbers]
        return numbers[kept], rows[kept]

    def _products(self, probes: Matrix, start: int, gone: Indexes) -> Integers:
        end = min(self.count, start + PART_ROWS)
        found = products([slab[start:end] for slab in self.codes], probes)
        first, last = np.searchsorted(gone, (start, end))
        found[:, gone[first:last] - start] = LEAST
        return found


def _limits(best: Integers, band: NDArray[np.floating[Any]]) -> Integers:
    return np.asarray(np.maximum(best[:, 0] - band, LEAST + 1), np.int32)
