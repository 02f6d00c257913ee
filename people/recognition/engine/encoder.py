"""dlib's face ResNet on ONNX Runtime, which turns aligned face chips into encodings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 128
MOST_CHIPS = 32
"""Chips per run: this bounds memory to about 60 MB, and larger batches are not faster on one core."""


class Encoder:
    def __init__(self, session: Any) -> None:
        self._session = session

    def raw(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Returns dlib's own vectors of (n, 150, 150, 3) RGB chips: (n, 128), not of unit length."""
        if not len(chips):
            return np.empty((0, WIDTH), np.float32)
        parts = [chips[start : start + MOST_CHIPS] for start in range(0, len(chips), MOST_CHIPS)]
        return np.concatenate([self._session.run(None, {"chips": part})[0] for part in parts])
