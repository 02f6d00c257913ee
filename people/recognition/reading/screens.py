"""Sees the grid of a screen that was photographed: the same fine waves in all parts of the picture.

The spectra of the parts are averaged in logarithms, so that their noise averages out, and half of the parts must
agree, so that a striped shirt does not count. Waves along rows and columns do not count either: JPEG's blocks make
them, and so do blinds and bricks.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Box, Image

Part = NDArray[np.float32]
GRID = 1.0
"""From this on it is a screen: e = 2.7 times the power of the waves around. Genuine pictures reach 0.68; pressed very
hard, or taken by a camera that shook, one in 50 reaches 0.9."""
SUSPECTED = 0.6
"""From this on in the four middle parts all parts are looked at, in one of twenty-five genuine pictures."""
PART_PX, MOST = 128, 4
"""Side of a part, and most parts side by side."""
LEAST_PARTS = 4
AROUND_PX = 200
"""Seen around the face on each side at least, and at least the face's width."""
_LEAST_SPREAD = 0.6
"""Grey levels; smoother parts show nothing."""
_LONGEST = 10
"""Waves that fit less often into a part are the picture itself."""
_ALONG_AXIS = 5
_LATTICE, _BESIDE = PART_PX // 8, 2
"""JPEG's blocks of 8 px make waves at multiples of this, and up to so far beside."""
_APART = 5
"""How far around a wave the others are that it must stand out of, all of them: ridges, which a shaken camera's blur and
stripes make, do not."""


def grid(image: Image, box: Box) -> float:
    """Returns how far the clearest regular wave around a face stands out of the others, in logarithms of power.

    0 if the picture is too small to tell, or if the first look suspects nothing. Takes 0.8 ms, and 4 ms if it does.
    """
    places = _places(image, box)
    first = _seen(image, _middle(places))
    if len(first) < LEAST_PARTS or float(_above(np.mean(first, axis=0)).max()) < SUSPECTED:
        return 0.0
    parts = _seen(image, places)
    in_all, in_most = _above(np.mean(parts, axis=0)), _above(np.median(parts, axis=0))
    return float(np.minimum(in_all, in_most).max())


def _places(image: Image, box: Box) -> list[tuple[int, int]]:
    """Returns left and top of the parts around the face, row by row, as many across as down."""
    margin = max(box.width, AROUND_PX)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    right, bottom = min(image.shape[1], box.right + margin), min(image.shape[0], box.bottom + margin)
    count = min(MOST, (right - left) // PART_PX, (bottom - top) // PART_PX)
    if count < 2:
        return []
    across = np.linspace(left, right - PART_PX, count).astype(int)
    down = np.linspace(top, bottom - PART_PX, count).astype(int)
    return [(int(x), int(y)) for y in down for x in across]


def _middle(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the four in the middle; none if there is none."""
    count = round(len(places) ** 0.5)
    pair = (count // 2 - 1, count // 2)
    return [places[row * count + column] for row in pair for column in pair] if count else []


def _seen(image: Image, places: Sequence[tuple[int, int]]) -> list[Part]:
    """Returns the waves of all parts that are not smooth."""
    return [waves for place in places if (waves := _waves(image, *place)) is not None]


def _waves(image: Image, left: int, top: int) -> Part | None:
    """Returns the logarithm of the power of each wave in one part, (128, 65); None if the part is smooth."""
    grey = cv2.cvtColor(image[top : top + PART_PX, left : left + PART_PX], cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = grey - cv2.blur(grey, (9, 9))
    if float(fine.std()) < _LEAST_SPREAD:
        return None
    spectrum = cv2.dft(fine * _WINDOW, flags=cv2.DFT_COMPLEX_OUTPUT)[:, : PART_PX // 2 + 1]
    power = cv2.log(spectrum[..., 0] ** 2 + spectrum[..., 1] ** 2 + 1)
    return np.asarray(cv2.dilate(power, _NEAR), np.float32)  # a screen that leans has waves a little longer elsewhere


def _above(waves: Part) -> Part:
    """Returns how far each wave that counts stands out of the strongest at _APART from it."""
    level = np.roll(np.asarray(waves, np.float32), PART_PX // 2, axis=0)
    return np.asarray((level - cv2.dilate(level, _RING, borderType=cv2.BORDER_REFLECT_101))[_COUNTED], np.float32)


def _ring() -> NDArray[np.uint8]:
    down, across = np.indices((2 * _APART + 1, 2 * _APART + 1)) - _APART
    return np.asarray(np.abs(np.hypot(across, down) - _APART) < 0.71, np.uint8)


def _counted() -> NDArray[np.bool_]:
    """Returns which waves count, with the middle row at PART_PX / 2."""
    across, down = np.meshgrid(np.arange(PART_PX // 2 + 1), np.arange(PART_PX) - PART_PX // 2)
    is_slanted = (across > _ALONG_AXIS) & (np.abs(down) > _ALONG_AXIS)
    off = [np.abs(each - _LATTICE * np.round(each / _LATTICE)) for each in (across, down)]
    return np.asarray(is_slanted & (np.hypot(across, down) > _LONGEST) & (np.maximum(*off) > _BESIDE))


_NEAR = np.ones((3, 3), np.uint8)
_WINDOW = np.asarray(np.outer(np.hanning(PART_PX + 2)[1:-1], np.hanning(PART_PX + 2)[1:-1]), np.float32)
_COUNTED, _RING = _counted(), _ring()
