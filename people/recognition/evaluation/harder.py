"""Makes photos harder: each face as in benchmarks such as LFW, and turned, small, dark, blurred or half covered.

The engine tells good photos of a folder apart without an error. It does not do so with the pictures made from them
here, which therefore say more about a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Face, Image

SIDE_PX = 250
MIDDLE = SIDE_PX / 2
MAX_BYTES = 1_000_000
"""Limit for a picture of SIDE_PX."""


@dataclass(frozen=True, slots=True)
class Hardship:
    name: str
    face_px: int = 100
    angle: float = 0.0
    gamma: float = 1.0
    """A value above 1 makes the picture darker."""
    blur_px: float = 0.0
    """Standard deviation of the blur."""
    half_covered: bool = False
    quality: int = 75
    """Quality of the JPEG."""

    def shown(self, image: Image, face: Face) -> Image:
        """Returns (SIDE_PX, SIDE_PX, 3) with the face in the middle."""
        (x, y), scale = face.box.centre, self.face_px / face.box.width
        if scale < 0.5:  # otherwise shrinking would skip every second row
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5 / scale), np.uint8)
        turn = cv2.getRotationMatrix2D((x, y), self.angle, scale)
        turn[:, 2] += np.array([MIDDLE - x, MIDDLE - y])
        picture = cv2.warpAffine(image, turn, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REFLECT)
        if self.blur_px:
            picture = cv2.GaussianBlur(picture, (0, 0), self.blur_px)
        if self.half_covered:
            reach = round(0.6 * self.face_px)
            middle = round(MIDDLE)
            picture[middle - reach : middle + reach, middle - reach : middle - self.face_px // 8] = 90
        darkened = np.asarray(255 * (picture / 255.0) ** self.gamma, np.uint8)
        return decode(jpeg(darkened, self.quality), max_bytes=MAX_BYTES)


HARDSHIPS = (
    Hardship("as in a benchmark"),
    Hardship("turned by 15 degrees, dark, pressed hard", angle=15, gamma=1.7, quality=30),
    Hardship("55 px, pressed hard", face_px=55, quality=30),
    Hardship("blurred", blur_px=1.6),
    Hardship("half covered", half_covered=True),
)
