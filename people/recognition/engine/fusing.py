"""What dlib's network and SFace need to work side by side: points for both, one vector of two, and a look from afar."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from people.recognition.engine.kinds import SFACE_WEIGHT
from people.recognition.engine.mmod import resized
from people.recognition.engine.sface import TEMPLATE, similarity
from people.recognition.types import Box, Image, Matrix, Points

SMALL_PX = 22
"""Width of a face as seen from afar."""
SMALL_SHARE = 0.5
"""Weight of such a view beside the good ones. Whole, pairs of photos are told apart somewhat worse; without it, faces
that a camera sees at this size lie 0.05 further from their person (docs/accuracy.md)."""
BIG_PX = 150
"""Width to which such a face is enlarged again, about as large as the networks look at it."""
AROUND = 1.0
"""Of a face's width, on each side: a chip of dlib's reaches 0.7 beyond the box."""
EYES_AND_NOSE = np.array([TEMPLATE[0], TEMPLATE[1], [56.0, 78.0]])
"""Where the middles of the eyes and dlib's base of the nose lie on SFace's template."""


class AllPoints(NamedTuple):
    """The points of one face by which the networks align it, in pixels."""

    dlib: Points
    five: Points | None
    """YuNet's; None if the engine does not need them."""

    def moved(self, x: int, y: int, scale: float) -> AllPoints:
        """Returns the points in a picture that was moved by (x, y) and then scaled."""
        shift = np.array([x, y], np.float32)
        five = None if self.five is None else (self.five + shift) * np.float32(scale)
        return AllPoints((self.dlib + shift) * np.float32(scale), five)


def by_landmarks(landmarks: Points) -> Points:
    """Returns where YuNet would see the five points of a face whose landmarks by dlib are known."""
    eyes = landmarks[2:4].mean(axis=0), landmarks[0:2].mean(axis=0)
    matrix = similarity(EYES_AND_NOSE, np.array([*eyes, landmarks[4]], np.float64))
    return np.asarray(TEMPLATE @ matrix[:, :2].T + matrix[:, 2], np.float32)


def side_by_side(dlib: Matrix, sface: Matrix) -> Matrix:
    """Joins unit vectors so that a squared distance is the weighted mean of both squared distances: (n, 256)."""
    parts = [dlib * np.float32((1 - SFACE_WEIGHT) ** 0.5), sface * np.float32(SFACE_WEIGHT**0.5)]
    return np.concatenate(parts, axis=1)


def small_again(image: Image, box: Box) -> tuple[Image, int, int, float]:
    """Returns a face's surroundings as they look when the face was SMALL_PX wide, enlarged to BIG_PX.

    With it comes where they begin in `image`, and the scale. A face that is smaller is not shrunk.
    """
    margin = round(AROUND * box.width)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    part = image[top : max(top + 1, box.bottom + margin), left : max(left + 1, box.right + margin)]
    small = resized(part, min(1.0, SMALL_PX / box.width))
    scale = BIG_PX / box.width
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8), left, top, scale
