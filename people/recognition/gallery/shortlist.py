"""Finds who may be near to an encoding, quickly and without missing anybody; whoever is found is then compared exactly.

Only the encodings' extents along a few axes are kept. Two encodings are never nearer than their extents, so nobody
within the wanted distance is left out, and few others are found. Rows come and go one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np

from people.recognition.types import Matrix, Vector

AXES = 32
"""Of 128: a search among 160,000 then reads 20 MB."""
SLACK = 1e-4
"""More than the rounding of a squared distance in 32 bits."""
FIRST_ROWS = 256

Key = TypeVar("Key", bound=Hashable)


def widest_axes(vectors: Matrix) -> Matrix:
    """Returns the AXES orthonormal directions, (AXES, d), along which `vectors`, (n, d), differ most."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _lengths, directions = np.linalg.eigh(centred.T @ centred)
    return np.asarray(directions[:, ::-1][:, :AXES].T, np.float32)


class Shortlist(Generic[Key]):
    """Rows with a key each. `axes` are orthonormal, (k, d); the identity keeps encodings whole."""

    def __init__(self, axes: Matrix) -> None:
        self._axes = axes
        self._keys: list[Key] = []
        self._row_of: dict[Key, int] = {}
        self._extents = np.empty((FIRST_ROWS, len(axes)), np.float32)
        self._squares = np.empty(FIRST_ROWS, np.float32)

    @classmethod
    def of(cls, axes: Matrix, keys: Sequence[Key], vectors: Matrix) -> Shortlist[Key]:
        """Makes it of many rows at once; `vectors` are (n, d), and no key comes twice."""
        made = cls(axes)
        made._keys = list(keys)
        made._row_of = {key: row for row, key in enumerate(keys)}
        if len(keys):
            made._extents = np.asarray(vectors @ axes.T, np.float32)
            made._squares = np.einsum("ij,ij->i", made._extents, made._extents)
        return made

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, key: Key, vector: Vector) -> None:
        """Adds the row `key`, or replaces it. `vector` is (d,)."""
        row = self._row_of.get(key)
        if row is None:
            row = self._row_of[key] = len(self._keys)
            self._keys.append(key)
            if row == len(self._extents):
                self._extents = np.concatenate([self._extents, np.empty_like(self._extents)])
                self._squares = np.concatenate([self._squares, np.empty_like(self._squares)])
        self._extents[row] = self._axes @ vector
        self._squares[row] = self._extents[row] @ self._extents[row]

    def drop(self, key: Key) -> None:
        """Removes the row `key`, if there is one: the last row takes its place."""
        row = self._row_of.pop(key, None)
        if row is None:
            return
        last = self._keys.pop()
        if row < len(self._keys):
            self._keys[row], self._row_of[last] = last, row
            self._extents[row], self._squares[row] = self._extents[len(self._keys)], self._squares[len(self._keys)]

    def within(self, vector: Vector, distance: float) -> list[Key]:
        """Returns the keys of all rows within `distance` of `vector`, (d,), and of a few beyond, in no order."""
        if not self._keys:
            return []
        probe = self._axes @ vector
        count = len(self._keys)
        squares = self._squares[:count] - 2 * (self._extents[:count] @ probe)
        limit = distance**2 - float(probe @ probe) + SLACK
        return [self._keys[row] for row in np.flatnonzero(squares <= limit)]
