"""A network that turns aligned faces into vectors, a bounded number at a time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

WIDTH = 128
"""How many numbers the networks make of a face."""


class ChipNetwork:
    """Runs a graph from `chips` (n, side, side, 3) uint8 RGB to (n, 128) float32."""

    most_chips: ClassVar[int]
    """Chips per run: this bounds memory to about 60 MB, and more together are not faster on one core."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def raw(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Returns the network's own vectors, (n, 128), not of unit length."""
        if not len(chips):
            return np.empty((0, WIDTH), np.float32)
        parts = [chips[start : start + self.most_chips] for start in range(0, len(chips), self.most_chips)]
        return np.concatenate([self._session.run(None, {"chips": part})[0] for part in parts])
