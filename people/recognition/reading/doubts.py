"""Finds what about a good face somebody should look at before it enrols.

A strong tilt, a covered mouth, a drawing, or a photo of a screen. The limits were set on 81 photos of 17 people, none
of which reaches them (docs/accuracy.md has the hits).
"""

from __future__ import annotations

import cv2
import numpy as np

from people.recognition.engine.quality import tilt
from people.recognition.reading.drawings import is_drawn
from people.recognition.reading.screens import GRID, grid
from people.recognition.types import Face, Image, Points

TILTED_DEGREES = 25.0
"""Photos of people tilt by 13 degrees at most; 95 of 100 that are turned by 30 measure more than this."""
COVERED_COLOUR, COVERED_LIGHT = 18.0, 10.0
"""How much the mouth's part may differ from the cheeks in colour, and be lighter, in Lab's units of 255. At most 12.5
and 2 on those 81 photos. Darker is no sign: dark beards are, by as much as a black mask."""
_SIDE_PX = 112
_EYES_AND_NOSE = np.array([[38, 46], [74, 46], [56, 73]], np.float32)
"""Where the middles of the eyes and the base of the nose lie in the aligned face."""
_MOUTH = np.s_[78:102, 42:70]
_CHEEKS = (np.s_[54:66, 30:44], np.s_[54:66, 68:82])


def doubt(image: Image, face: Face) -> tuple[str, dict[str, float | int]] | None:
    """Returns what somebody should look at, as a reason with its numbers; None if there is nothing."""
    degrees = abs(tilt(face.landmarks))
    if degrees > TILTED_DEGREES:
        return "tilted", {"tilt_degrees": round(degrees)}
    colour, light = mouth_against_cheeks(image, face.landmarks)
    if colour > COVERED_COLOUR or light > COVERED_LIGHT:
        return "mouth_covered", {"colour_apart": round(colour), "lighter": round(light)}
    if is_drawn(image, face):
        return "drawing", {}
    if grid(image, face.box) > GRID:
        return "photo_of_screen", {}
    return None


def mouth_against_cheeks(image: Image, landmarks: Points) -> tuple[float, float]:
    """Returns how far apart in colour mouth and chin are from the cheeks, and how much lighter they are."""
    points = np.array([*_eyes(landmarks), landmarks[4]], np.float32)
    turn, _ = cv2.estimateAffinePartial2D(points, _EYES_AND_NOSE)
    if turn is None:  # the points lie in one place
        return 0.0, 0.0
    face = cv2.warpAffine(image, turn, (_SIDE_PX, _SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(face, cv2.COLOR_RGB2LAB).astype(np.float32)
    cheeks = np.concatenate([lab[part].reshape(-1, 3) for part in _CHEEKS])
    light, green_red, blue_yellow = np.median(lab[_MOUTH].reshape(-1, 3), axis=0) - np.median(cheeks, axis=0)
    return float(np.hypot(green_red, blue_yellow)), float(light)


def _eyes(landmarks: Points) -> tuple[Points, Points]:
    """Returns the middles of the eyes, the one on the left of the image first."""
    return landmarks[2:4].mean(axis=0), landmarks[0:2].mean(axis=0)
