"""dlib's CNN face detector (MMOD) on ONNX Runtime, which slides an 80 px window over an image pyramid.

It searches photos in which YuNet is not sure of a face (people/recognition/reading/photo.py says why).
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.pyramid import Level, pyramid
from people.recognition.types import Box, FoundFace, Image

WINDOW_PX = 80
STRIDE_PX = 8
CENTRE_PX = 14.5
"""The window of output cell (x, y) is centred on the middle of input pixel (8x + 14, 8y + 14)."""
HALF_WINDOW_PX = np.array([-40, -40, 40, 40])
OVERLAP = 0.338276
"""From the weight file: if two windows share more than this of their joint rectangle, only the surer one stays."""


class Mmod:
    def __init__(self, session: Any) -> None:
        self._session = session

    def find(
        self,
        image: Image,
        smallest_px: int,
        largest_px: int | None = None,
        *,
        fine: bool = True,
        lowest_score: float = 0.0,
    ) -> list[FoundFace]:
        """Finds faces at least about `smallest_px` wide, surest first.

        The image is scaled so that a face of that size fills the window: a bigger wanted face makes the search cheaper,
        a smaller one costs more and finds faces below 80 px. Without `fine` every second scale is left out, which is
        two fifths cheaper but gives boxes up to a fifth off in size. Scales whose window is wider than `largest_px` are
        left out too. The published `lowest_score` is 0; a lower one also returns faces that the network doubts.
        """
        if not image.size:
            return []
        scale = WINDOW_PX / smallest_px
        image = resized(image, scale) if scale != 1 else image
        levels = pyramid(image, every=1 if fine else 2)
        least = smallest_px / largest_px if largest_px else 0.0
        found = [self._search(level, lowest_score) for level in takewhile(lambda level: level.scale >= least, levels)]
        return suppress(np.concatenate(found), scale) if found else []

    def scores(self, pixels: Image) -> NDArray[np.float32]:
        """Returns the network's own answer: a score for each window on a grid of STRIDE_PX, (rows, columns)."""
        return np.asarray(self._session.run(None, {"image": pixels[None]})[0][0, 0])

    def _search(self, level: Level, lowest_score: float) -> NDArray[np.float64]:
        """Returns (n, 5): left, top, right, bottom in pixels of the largest level, and the score."""
        scores = self.scores(level.pixels)
        rows, columns = np.nonzero(scores > lowest_score)
        cells = np.column_stack([columns, rows, columns, rows])
        centres = cells * STRIDE_PX + CENTRE_PX - [level.left, level.top, level.left, level.top]
        edges = (centres + HALF_WINDOW_PX) / level.scale + level.shift
        return np.column_stack([edges, scores[rows, columns]])


def resized(image: Image, scale: float) -> Image:
    """Shrinks by averaging areas, enlarges linearly."""
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )


def suppress(windows: NDArray[np.float64], scale: float = 1.0) -> list[FoundFace]:
    """Keeps only the surest of the windows on one face, by dlib's rule, which divides by the joint rectangle.

    `windows` are (n, 5) edges and score; the returned boxes are divided by `scale`.
    """
    order = windows[np.argsort(-windows[:, 4], kind="stable")]
    kept: list[FoundFace] = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(FoundFace(Box(*(round(float(edge) / scale) for edge in best[:4])), float(best[4])))
        order = order[_shared(best, order) <= OVERLAP]
    return kept


def _shared(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the intersection of `one` with each other one over the area of the smallest rectangle around both."""
    inner = np.minimum(one[2:4], others[:, 2:4]) - np.maximum(one[:2], others[:, :2])
    outer = np.maximum(one[2:4], others[:, 2:4]) - np.minimum(one[:2], others[:, :2])
    return np.asarray(np.prod(np.maximum(inner, 0), axis=1) / np.prod(outer, axis=1))
