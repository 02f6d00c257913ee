"""Finds out which way up a photo is that lies on its side or stands on its head, and turns it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from people.recognition.pictures.decoded import Decoded
from people.recognition.types import Image

LOOK_PX = 1024
"""A photo is looked at this large: a face that enrols is large enough there, and three looks take 0.3 s."""
QUARTER = 90


def upright_turn(image: Image, surest: Callable[[Image], float], sure: float) -> int:
    """Returns by how many degrees clockwise (90, 180 or 270) to turn `image`, on which no upright face is sure.

    `surest` gives the score of the surest face of an image. Returns 0 unless exactly one turn shows a face of at least
    `sure`: detectors find some lying faces, too, and of two turns that show one nobody knows which is right.
    """
    small = _shrunk(image)
    turns = [degrees for degrees in (90, 180, 270) if surest(turned(small, degrees)) >= sure]
    return turns[0] if len(turns) == 1 else 0


def turned(image: Image, degrees: int) -> Image:
    """Returns `image` turned clockwise."""
    return np.ascontiguousarray(np.rot90(image, -degrees // QUARTER))


def turned_picture(picture: Decoded, degrees: int) -> Decoded:
    """Returns `picture` turned clockwise, with the full size that it has then."""
    sides = (picture.width_px, picture.height_px)
    width, height = sides[::-1] if degrees % 180 else sides
    return Decoded(turned(picture.image, degrees), width, height)


def _shrunk(image: Image) -> Image:
    share = LOOK_PX / max(image.shape[:2])
    if share >= 1:
        return image
    return np.asarray(cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
