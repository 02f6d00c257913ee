"""Finds the five points of a face and cuts out its aligned chip: all that dlib itself does for the engine."""

from __future__ import annotations

from pathlib import Path

import dlib
import numpy as np

from people.recognition.types import Box, Image, Points

CHIP_PX = 150
JITTER = 0.05
"""How far a box is moved, as a share of its width."""


class Landmarks:
    """dlib's five-point predictor."""

    def __init__(self, weights: Path) -> None:
        self._predictor = dlib.shape_predictor(str(weights))

    def of(self, image: Image, box: Box) -> Points:
        """Returns the five points of the face in `box`. `image` must be C-contiguous."""
        shape = self._predictor(image, dlib.rectangle(box.left, box.top, box.right - 1, box.bottom - 1))
        return np.array([(part.x, part.y) for part in shape.parts()], np.float32)

    def steadied(self, image: Image, box: Box) -> Points:
        """Returns the median of the points found from seven boxes: the given one, also moved and scaled a little.

        A detector's box stands on a grid of 8 px and so do its errors; the median removes them. It takes seven times
        the work of `of`, so it is for enrolment.
        """
        return np.median([self.of(image, jittered) for jittered in _jittered(box)], axis=0).astype(np.float32)


def _jittered(box: Box) -> list[Box]:
    x, y = box.centre
    shift, half = JITTER * box.width, box.width / 2
    return [
        _square(x, y, half),
        _square(x + shift, y, half),
        _square(x - shift, y, half),
        _square(x, y + shift, half),
        _square(x, y - shift, half),
        _square(x, y, half * (1 + 2 * JITTER)),
        _square(x, y, half * (1 - 2 * JITTER)),
    ]


def _square(x: float, y: float, half: float) -> Box:
    return Box(round(x - half), round(y - half), round(x + half), round(y + half))


def chip(image: Image, points: Points, padding: float = 0.25) -> Image:
    """Turns the face upright and scales it to (150, 150, 3), with `padding` of the chip's width around it."""
    parts = [dlib.point(round(float(x)), round(float(y))) for x, y in points]
    shape = dlib.full_object_detection(dlib.rectangle(0, 0, 1, 1), parts)
    return np.asarray(dlib.get_face_chip(image, shape, CHIP_PX, padding), np.uint8)
