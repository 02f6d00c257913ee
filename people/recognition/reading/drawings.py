"""Tells drawings from photos by six marks of the face that a genuine photo should not have.

Each mark takes two or three measures at once, because each alone is met by photos that were sharpened hard, overexposed
or printed in black and white. The limits were set on 1,875 genuine faces, as they are and spoiled, and ten styles of
drawings (docs/accuracy.md, `manage.py evaluate_flags`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.fusing import EYES_AND_NOSE
from people.recognition.engine.sface import SIDE_PX, similarity
from people.recognition.types import Face, Image

Grey = NDArray[np.uint8]
WIDEST_PX = 200
"""Wider faces are first made a whole number of times smaller, because aligning them would skip pixels."""
AROUND = 0.4
"""Of a face's width, on each side: what aligning needs."""
_INNER = np.s_[24:100, 26:86]
"""From the eyebrows to the chin, in the aligned face."""
_NEAR = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Strokes:
    """Measures of one aligned face; shares are of its pixels, 0 to 1."""

    lines: float
    """How dark thin lines are, as a share of the contrast: 5 of 100 pixels are darker than around by more than this."""
    line: float
    """The same for the average pixel."""
    dark_to_light: float
    """How much stronger thin dark lines are than thin light ones."""
    black: float
    white: float
    flat: float
    """Pixels that equal their neighbours."""
    hard: float
    """Pixels beside others that differ by more than 80 grey levels."""
    peaked: float
    """How much rougher the roughest pixels are than the median one: below 4 the face is rough everywhere."""
    tones: float
    """How many tones are used of those between dark and light, in bits: 0 is all, -1 is half of them."""

    @classmethod
    def of(cls, chip: Image) -> Strokes:
        """Measures an aligned face, (112, 112, 3)."""
        grey: Grey = np.asarray(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), np.uint8)
        highest, lowest = cv2.dilate(grey, _NEAR), cv2.erode(grey, _NEAR)
        apart = cv2.subtract(highest, lowest)[_INNER]
        dark = cv2.subtract(cv2.erode(highest, _NEAR), grey)[_INNER]
        light = cv2.subtract(grey, cv2.dilate(lowest, _NEAR))[_INNER]
        rough = np.abs(cv2.Laplacian(grey, cv2.CV_16S))[_INNER]
        face = grey[_INNER]
        contrast = max(20.0, _between(_shares(face)))
        return cls(
            lines=_level(dark, 0.95) / contrast,
            line=float(dark.mean()) / contrast,
            dark_to_light=float(dark.mean()) / (float(light.mean()) + 0.5),
            black=float((face < 25).mean()),
            white=float((face > 240).mean()),
            flat=float((apart <= 2).mean()),
            hard=float((apart > 80).mean()),
            peaked=_level(rough, 0.95) / (_level(rough, 0.5) + 1),
            tones=_tones(_shares(face)),
        )

    @property
    def is_drawn(self) -> bool:
        return (
            (self.black > 0.065 and self.dark_to_light > 1.5)  # shapes with black outlines
            or (self.black > 0.055 and self.lines > 0.32)  # cartoons, comics
            or (self.white > 0.16 and self.lines > 0.41)  # ink on white
            or (self.white > 0.7 and self.flat < 0.22)  # pencil on white paper: overexposed photos are flat there
            or (self.hard > 0.2 and self.peaked < 3.9)  # hatched all over
            or (self.tones < -1.1 and self.line < 0.034)  # a few flat tones
        )


def is_drawn(image: Image, face: Face) -> bool:
    """Returns whether a face looks drawn. Takes 0.4 ms."""
    return Strokes.of(_aligned(image, face)).is_drawn


def _aligned(image: Image, face: Face) -> Image:
    margin, times = round(AROUND * face.box.width), -(-face.box.width // WIDEST_PX)
    left, top = max(0, face.box.left - margin), max(0, face.box.top - margin)
    part = image[top : max(top + 1, face.box.bottom + margin), left : max(left + 1, face.box.right + margin)]
    if times > 1:
        across, down = max(1, part.shape[1] // times), max(1, part.shape[0] // times)
        whole = part[: down * times, : across * times]  # four times as fast as with a remainder
        part = np.asarray(cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA), np.uint8)
    eyes = face.landmarks[2:4].mean(axis=0), face.landmarks[0:2].mean(axis=0)
    points = (np.array([*eyes, face.landmarks[4]], np.float64) - [left, top]) / times
    turn = similarity(points, EYES_AND_NOSE)
    return np.asarray(cv2.warpAffine(part, turn, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _level(values: NDArray[np.integer[Any] | np.floating[Any]], share: float) -> int:
    """Returns the value that this share of whole numbers from 0 on does not exceed."""
    below = np.cumsum(np.bincount(np.asarray(values, np.int64).ravel()))
    return int(np.searchsorted(below, share * values.size))


def _shares(grey: Grey) -> NDArray[np.float64]:
    """Returns the share of each of 256 grey levels."""
    return np.bincount(grey.ravel(), minlength=256) / grey.size


def _between(shares: NDArray[np.float64]) -> float:
    """Returns how many grey levels 94 of 100 pixels spread over."""
    below = np.cumsum(shares) / shares.sum()
    return float(np.searchsorted(below, 0.97) - np.searchsorted(below, 0.03))


def _tones(shares: NDArray[np.float64]) -> float:
    """Returns the entropy of the grey levels against that of as many equal ones, without what is clipped."""
    clear = shares[6:250]
    if clear.sum() < 0.15:
        return 0.0
    used = clear[clear > 0] / clear.sum()
    return float(-(used * np.log2(used)).sum() - np.log2(max(10.0, _between(clear))))
