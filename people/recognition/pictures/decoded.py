"""A decoded picture, which may be smaller than its file says, and the way from its pixels to those of the full size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from people.recognition.types import Box, Face, Image

MOST_PIXELS = 108_000_000
"""Largest picture that is taken, if its format can be decoded small: phones' 12,000 x 9,000."""
WHOLE_PIXELS = 40_000_000
"""Larger pictures are decoded half as wide and high, to 10 to 27 megapixels.

No accepted face is lost by that: faces are looked for from 1/64 of the longer side, 187 of 12,000 pixels or 93 of the
decoded ones. Whole, a picture of 108 megapixels takes 1.4 GB instead of 0.36, and at least twice as long.
"""
SMALLER = 2
"""How many pixels of the file become one, in both directions, where a picture is decoded small."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright picture. Boxes of callers and of stored photos are in pixels of the full size."""

    image: Image
    width_px: int
    """Width of the upright picture in full size, as the file says."""
    height_px: int

    @classmethod
    def whole(cls, image: Image) -> Decoded:
        """Returns `image` as a picture of its own size."""
        return cls(image, image.shape[1], image.shape[0])

    @property
    def scale(self) -> float:
        """Returns how many pixels of the full size one pixel of `image` is: 1 or a little less or more than 2."""
        return float(self.width_px / self.image.shape[1])

    def own_box(self, box: Box) -> Box:
        """Returns a box of the full size in pixels of `image`."""
        return box if self.scale == 1 else _scaled(box, 1 / self.scale)

    def full_face(self, face: Face) -> Face:
        """Returns a face that was found in `image` with box and points in pixels of the full size."""
        if self.scale == 1:
            return face
        points = np.asarray(face.landmarks * np.float32(self.scale), np.float32)
        return replace(face, box=_scaled(face.box, self.scale), landmarks=points)


def _scaled(box: Box, by: float) -> Box:
    return Box(*(round(side * by) for side in box))
