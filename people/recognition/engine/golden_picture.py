"""Draws a face that every engine can be tried on: it shows nobody, and any machine can draw it from these lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Box, Image

SIDE_PX = 150
"""Also the size of a face chip, so that the encoder can take the same picture as it is."""
FACE = Box(24, 33, 120, 129)
"""Where dlib's detector finds the face."""
POINTS = np.array([[55, 75], [95, 75], [75, 100], [60, 124], [90, 124]], np.float32)
"""The middles of its eyes, the tip of its nose and the corners of its mouth, as it is drawn."""

Colour = tuple[int, int, int]
Pixels = NDArray[np.float64]
Ellipse = tuple[int, int, int, int]
"""Middle x, y and the two radii in pixels."""

# Not symmetrical and in different colours, so that a mirrored picture or swapped channels look different.
_STROKES: tuple[tuple[Ellipse, Colour], ...] = (
    ((75, 62, 56, 64), (70, 45, 25)),  # hair
    ((75, 86, 46, 60), (214, 164, 134)),  # face
    ((91, 92, 26, 48), (228, 180, 150)),  # light from one side
    ((55, 64, 15, 4), (80, 50, 30)),  # brows
    ((95, 64, 15, 4), (80, 50, 30)),
    ((55, 75, 12, 6), (240, 236, 232)),  # eyes
    ((95, 75, 12, 6), (240, 236, 232)),
    ((55, 75, 6, 6), (50, 35, 30)),
    ((95, 75, 6, 6), (50, 35, 30)),
    ((75, 92, 5, 16), (196, 140, 110)),  # nose
    ((75, 104, 11, 5), (170, 110, 88)),
    ((75, 124, 20, 6), (170, 70, 70)),  # mouth
)


def drawn_face() -> Image:
    """Draws (150, 150, 3) uint8 with sums, products and one rounding only: the same pixels on every machine."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float64)
    picture = np.stack([65 + x / 4, 93 + y / 5, 126 - x / 6], axis=-1)
    for ellipse, colour in _STROKES:
        cover = _soft(x, y, ellipse)
        picture = picture * (1 - cover) + np.array(colour, np.float64) * cover
    return np.asarray(np.floor(picture + 0.5), np.uint8)


def _soft(x: Pixels, y: Pixels, ellipse: Ellipse) -> Pixels:
    """Returns 1 inside the ellipse, 0 outside, with a soft edge: a hard one would make the networks touchy."""
    middle_x, middle_y, radius_x, radius_y = ellipse
    outside = ((x - middle_x) / radius_x) ** 2 + ((y - middle_y) / radius_y) ** 2
    return np.clip((1.3 - outside) / 0.6, 0, 1)[..., None]
