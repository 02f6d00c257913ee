"""SFace on ONNX Runtime, which turns faces aligned by YuNet's five points into encodings."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.chip_network import ChipNetwork
from people.recognition.types import Image

SIDE_PX = 112
"""Width and height of a chip."""
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""Where the eyes, the nose and the corners of the mouth lie in a chip (ArcFace's usual template)."""


class SFace(ChipNetwork):
    most_chips = 8


def aligned(image: Image, points: NDArray[np.float32]) -> Image:
    """Turns and scales a face so that its five points lie on TEMPLATE: (112, 112, 3)."""
    matrix = similarity(np.asarray(points, np.float64), TEMPLATE)
    return np.asarray(cv2.warpAffine(image, matrix, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR), np.uint8)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the (2, 3) turn, scale and shift that brings (n, 2) points nearest to others (Umeyama 1991)."""
    middle, wanted = source.mean(axis=0), target.mean(axis=0)
    before, after = source - middle, target - wanted
    left, sizes, right = np.linalg.svd(after.T @ before / len(source))
    signs = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    turn = left @ np.diag(signs) @ right
    scale = float(sizes @ signs) / max(float(before.var(axis=0).sum()), 1e-9)
    return np.column_stack([scale * turn, wanted - scale * turn @ middle])
