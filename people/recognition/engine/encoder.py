"""dlib's face ResNet on ONNX Runtime, which turns aligned face chips into encodings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Matrix

MOST_CHIPS = 32
"""Chips per run: this bounds memory to about 60 MB, and larger batches are not faster on one core."""


class Encoder:
    def __init__(self, session: Any) -> None:
        self._session = session

    def raw(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Returns dlib's own vectors of (n, 150, 150, 3) RGB chips: (n, 128), not of unit length."""
        if not len(chips):
            return np.empty((0, 128), np.float32)
        parts = [chips[start : start + MOST_CHIPS] for start in range(0, len(chips), MOST_CHIPS)]
        return np.concatenate([self._session.run(None, {"chips": part})[0] for part in parts])

    def encode(self, views: NDArray[np.uint8]) -> Matrix:
        """Returns one unit vector per face from (faces, views, 150, 150, 3): the mean over its views and mirrors."""
        faces, count = views.shape[:2]
        both = np.concatenate([views, views[:, :, :, ::-1]], axis=1)
        vectors = self.raw(both.reshape(faces * 2 * count, *views.shape[2:]))
        return unit(unit(vectors).reshape(faces, 2 * count, -1).mean(axis=1))


def unit(vectors: NDArray[np.float32]) -> Matrix:
    """Scales rows to unit length, because dlib's lengths carry noise, not identity (docs/accuracy.md)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)
