"""Exact search in a large gallery: templates in 8 bits say which few could be nearest, 32 bits decide among those.

A search is bound by the memory it reads, and this reads 128 bytes a template instead of 512. How much rounding can
change is known, so nothing that could be nearest is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.nearest import Cosines, two_nearest
from people.recognition.runtime import session
from people.recognition.types import Matrix

CHUNK_ROWS = 32_768
"""Looked at together: their products with 16 probes are 2 MB and stay in the cache."""
BLOCK_ROWS = 512
"""The largest product of each block: two of them belong to two people, which gives a lower limit for the second."""
ZERO = 128
CODE_STEPS, PROBE_STEPS = 127, 63
"""Pairs of products are added in 16 bits on processors without VNNI: 2 x 255 x 63 is just below 2 ** 15."""
SLACK = 1e-5
"""Of a cosine: what 32 bits themselves round."""
_PRODUCT = (
    b'\x08\x08:\x95\x01\n(\n\x05codes\n\x06probes\x12\x08products"\rMatMulInteger\x12\x06coarse'
    b"Z\x1c\n\x05codes\x12\x13\n\x11\x08\x02\x12\r\n\x06\x12\x04rows\n\x03\x08\x80\x01"
    b"Z\x1e\n\x06probes\x12\x14\n\x12\x08\x03\x12\x0e\n\x03\x08\x80\x01\n\x07\x12\x05count"
    b"b#\n\x08products\x12\x17\n\x15\x08\x06\x12\x11\n\x06\x12\x04rows\n\x07\x12\x05count"
    b"B\x04\n\x00\x10\r"
)
"""The ONNX graph `products = MatMulInteger(codes, probes)`; importing onnx to write it costs a child 40 MB."""
LEAST = np.iinfo(np.int32).min
Integers = NDArray[np.int32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coarse:
    """The templates of one gallery without their mean, rounded to 8 bits."""

    codes: NDArray[np.uint8]
    """(n, 128), ZERO added."""
    step: float
    """What one step of a code stands for."""
    off: float
    """No template differs from its code by more: length of the difference."""
    reach: float
    """No template lies further from the mean of all."""

    @classmethod
    def of(cls, templates: Matrix) -> Coarse:
        """100,000 templates take about 0.1 s."""
        mean = templates.mean(axis=0, dtype=np.float64).astype(np.float32)
        step = max(float(np.abs(part - mean).max()) for part in _chunks(templates)) / CODE_STEPS or 1.0
        codes = np.empty(templates.shape, np.uint8)
        off = reach = 0.0
        for start, part in zip(range(0, len(templates), CHUNK_ROWS), _chunks(templates), strict=True):
            apart = part - mean
            rounded = np.round(apart / step)
            codes[start : start + len(part)] = rounded + ZERO
            off = max(off, float(np.linalg.norm(apart - rounded * step, axis=1).max()))
            reach = max(reach, float(np.linalg.norm(apart, axis=1).max()))
        return cls(codes, step, off, reach)

    def two_nearest(self, templates: Matrix, probes: Matrix) -> tuple[Rows, Cosines]:
        """As nearest.two_nearest, with the `templates` that this was made of."""
        nearest = np.empty((len(probes), 2), np.intp)
        cosines = np.empty((len(probes), 2), np.float32)
        for number, rows in enumerate(self.candidates(probes)):
            among, cosines[number] = two_nearest(templates[rows], probes[number : number + 1])
            nearest[number] = rows[among[0]]
        return nearest, cosines

    def candidates(self, probes: Matrix) -> list[Rows]:
        """For each of (p, 128) probes the rows among which the two nearest templates are."""
        steps = np.maximum(np.abs(probes).max(axis=1), 1e-6) / PROBE_STEPS
        codes = np.round(probes / steps[:, None])
        rounded = codes * steps[:, None]
        unsure = self.off * np.linalg.norm(rounded, axis=1) + self.reach * np.linalg.norm(probes - rounded, axis=1)
        band = np.ceil(2 * (unsure + SLACK) / (self.step * steps)).astype(np.int64)
        return self._within(np.ascontiguousarray(codes.T.astype(np.int8)), band)

    def _within(self, probes: NDArray[np.int8], band: NDArray[np.int64]) -> list[Rows]:
        """Rows whose product is at most `band` below the second largest of all, by probe."""
        best = np.full((2, len(band)), LEAST, np.int32)
        found: list[list[tuple[Rows, Integers]]] = [[] for _ in band]
        for number, part in enumerate(_chunks(self.codes)):
            (products,) = _product().run(None, {"codes": part, "probes": probes})
            best = np.sort(np.concatenate([best, _largest_by_block(products)]), axis=0)[-2:]
            rows, columns = np.divmod(np.flatnonzero(products >= _limits(best[0], band)), len(band))
            for probe in np.unique(columns):
                mine = rows[columns == probe]
                found[probe].append((mine + number * CHUNK_ROWS, products[mine, probe]))
        return [
            np.concatenate([rows[products >= limit] for rows, products in parts])
            for parts, limit in zip(found, _limits(best[0], band), strict=True)
        ]


def _chunks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (rows[start : start + CHUNK_ROWS] for start in range(0, len(rows), CHUNK_ROWS))


def _largest_by_block(products: Integers) -> Integers:
    """(blocks, probes). A block is every so many rows; those that fill no block count as one each."""
    whole = len(products) // BLOCK_ROWS * BLOCK_ROWS
    blocks: Integers = products[:whole].reshape(BLOCK_ROWS, -1).max(axis=0, initial=LEAST)
    return np.asarray(np.concatenate([blocks.reshape(-1, products.shape[1]), products[whole:]]), np.int32)


def _limits(second: Integers, band: NDArray[np.int64]) -> Integers:
    return np.asarray(np.maximum(second - band, LEAST), np.int32)


@cache
def _product() -> Any:
    """The product of two matrices of whole numbers, which numpy does one number at a time."""
    return session(_PRODUCT)
