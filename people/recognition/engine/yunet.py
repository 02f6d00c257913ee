"""YuNet on ONNX Runtime, which finds faces of 10 to 300 px and five points of each in one run over a picture."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.runtime import empty_pool
from people.recognition.types import Box, FoundFace, Image, Points

STRIDES = (8, 16, 32)
"""Pixels of the picture for each cell of a level."""
SURE = 0.75
"""Score from which on something is shown and counted as a face: at 0.77 it found all of 158 faces of 30 group pictures,
and nothing in 36 pictures without a face."""
SEEN_AGAIN_PX = 72
DOUBTED = 0.2
SAME_IOU = 0.3
AROUND = 0.5
"""Of the box's width, on each side: the network looks at hair and chin, too."""
BLOCK_PX = 32
OVERLAP = 0.3
"""Of two boxes that share more than this of their union, only the surer one stays."""
SIDE = 2.11
DOWN = 0.33
"""Of the square box around the points, see `box_of`."""
Candidates = NDArray[np.float64]
"""(n, 15): left, top, right, bottom, five points x and y, score."""


class YuNet:
    def __init__(self, session: Any) -> None:
        self._session = session

    def find(self, image: Image, scale: float = 1.0, lowest_score: float = SURE) -> list[FoundFace]:
        """Finds the faces of `image` as it is after scaling, surest first; boxes and points are in its own pixels."""
        if not image.size:
            return []
        seen = scaled(image, scale)
        kept = suppressed(self._candidates(seen, lowest_score))
        # The scaled sides are whole pixels, so each axis has a factor of its own.
        factors = np.array([image.shape[1] / seen.shape[1], image.shape[0] / seen.shape[0]])
        return [_found(row, factors) for row in kept]

    def points_in(self, image: Image, box: Box, tilt_degrees: float = 0.0) -> Points | None:
        """Returns the five points of the face in `box`, found by a look at it alone, upright and SEEN_AGAIN_PX wide.

        So they do not depend on the size at which the face was found, which may be small: of faces 22 px wide whose
        points were taken as found, 26 in 100 were missed, and 5 in 100 with these. The network hardly sees that a face
        is tilted and draws its points nearly level; so the face is turned upright first, by the tilt that dlib's
        landmarks show (docs/accuracy.md). Returns None if no face is found there. It takes 0.7 ms.
        """
        part, left, top = _surroundings(image, box)
        if not part.size:
            return None
        seen = scaled(part, SEEN_AGAIN_PX / max(box.width, 1))
        height, width = seen.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_degrees, 1.0)
        upright = cv2.warpAffine(seen, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        rows = suppressed(self._candidates(np.asarray(upright, np.uint8), DOUBTED))
        factors = np.array([part.shape[1] / width, part.shape[0] / height])
        for points in (_turned_back(row, turn) * factors + [left, top] for row in rows):
            if box_of(points).iou(box) > SAME_IOU:
                return np.asarray(points, np.float32)
        return None

    def levels(self, pixels: Image) -> list[NDArray[np.float32]]:
        """Returns the network's own answers by stride: (16, rows, columns); see yunet_graph.py."""
        return [level[0] for level in self._session.run(None, {"image": pixels[None]})]

    def empty_pool(self) -> None:
        """Gives back the memory in which the networks of this process have computed (0.5 ms)."""
        empty_pool(self._session, {"image": np.zeros((1, BLOCK_PX, BLOCK_PX, 3), np.uint8)})

    def _candidates(self, pixels: Image, lowest_score: float) -> Candidates:
        height, width = pixels.shape[:2]
        down, right = -height % BLOCK_PX, -width % BLOCK_PX
        if down or right:
            padded = cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
            pixels = np.asarray(padded, np.uint8)
        levels = self.levels(np.ascontiguousarray(pixels))
        return np.concatenate(
            [_cells(level, stride, lowest_score) for level, stride in zip(levels, STRIDES, strict=True)]
        )


def _turned_back(row: NDArray[np.float64], turn: Any) -> NDArray[np.float64]:
    """Returns the points of a candidate where they were before the picture was turned."""
    back = cv2.invertAffineTransform(turn)
    return np.asarray(row[4:14].reshape(5, 2) @ back[:, :2].T + back[:, 2])


def scaled(image: Image, scale: float) -> Image:
    """Halves as often as it can and interpolates the rest.

    1280×720 becomes 288×162 in 0.3 ms; averaging areas in one step takes 3.0 ms, more than the search after it (1.2).
    """
    if scale == 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    while image.shape[0] >= 2 * size[1] and image.shape[1] >= 2 * size[0]:
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]  # only even sides are halved quickly
        half = even.shape[1] // 2, even.shape[0] // 2
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _surroundings(image: Image, box: Box) -> tuple[Image, int, int]:
    """Returns the box with AROUND of its width on each side, the image's edge going on, and where that begins."""
    margin = round(AROUND * box.width) + 2
    wide = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    height, width = image.shape[:2]
    part = image[max(0, wide.top) : max(0, wide.bottom), max(0, wide.left) : max(0, wide.right)]
    if not part.size:
        return part, wide.left, wide.top
    above, below, before, behind = (
        max(0, -wide.top), max(0, wide.bottom - height), max(0, -wide.left), max(0, wide.right - width)
    )  # fmt: skip
    if above or below or before or behind:
        part = np.asarray(cv2.copyMakeBorder(part, above, below, before, behind, cv2.BORDER_REPLICATE), np.uint8)
    return part, wide.left, wide.top


def _cells(level: NDArray[np.float32], stride: int, lowest_score: float) -> Candidates:
    """Returns the candidates of one level; a cell's numbers are in units of the stride (libfacedetection)."""
    # The score is the root of a product of two shares: none is below its square, so most cells need no exponential.
    least = np.log(max(lowest_score, 1e-6) ** 2 / (1 - min(lowest_score, 1 - 1e-6) ** 2))
    rows, columns = np.nonzero((level[0] >= least) & (level[5] >= least))
    cells = level[:, rows, columns].astype(np.float64)
    scores = np.sqrt(_share(cells[0]) * _share(cells[5]))
    sure = scores >= lowest_score
    cells, scores, places = cells[:, sure], scores[sure], np.stack([columns, rows]).astype(np.float64)[:, sure]
    centres, halves = places + cells[1:3], np.exp(cells[3:5]) / 2
    points = cells[6:16].reshape(5, 2, -1) + places
    measures = np.concatenate([centres - halves, centres + halves, points.reshape(10, -1)]) * stride
    return np.concatenate([measures, scores[None]]).T


def _share(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def suppressed(candidates: Candidates) -> Candidates:
    """Keeps only the surest of the candidates on one face, surest first."""
    order = candidates[np.argsort(-candidates[:, -1], kind="stable")]
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[_iou(best, order) <= OVERLAP]
    return np.array(kept).reshape(-1, 15)


def _iou(one: NDArray[np.float64], others: Candidates) -> NDArray[np.float64]:
    low, high = np.maximum(one[:2], others[:, :2]), np.minimum(one[2:4], others[:, 2:4])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(others[:, 2:4] - others[:, :2], axis=1) + np.prod(one[2:4] - one[:2])
    return np.asarray(shared / np.maximum(areas - shared, 1e-9))


def _found(row: NDArray[np.float64], factors: NDArray[np.float64]) -> FoundFace:
    points = (row[4:14].reshape(5, 2) * factors).astype(np.float32)
    return FoundFace(box_of(points), float(row[14]), points)


def box_of(points: NDArray[np.floating[Any]]) -> Box:
    """Returns the square box around five points as dlib's detector would draw it, so that its landmarks fit.

    Its side is SIDE times the eyes' distance, or their distance to the mouth if that is more (a turned face); its
    middle lies DOWN of the way from the eyes to the mouth. It shares 0.77 of its area with MMOD's box on average.
    """
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    distance = max(float(np.hypot(*(points[1] - points[0]))), float(np.hypot(*(mouth - eyes))))
    x, y = eyes + DOWN * (mouth - eyes)
    half = SIDE * distance / 2
    return Box(*(round(float(edge)) for edge in (x - half, y - half, x + half, y + half)))
