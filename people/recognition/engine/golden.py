"""The engine's first duty at every start: give the values that are known to be right, or refuse to work.

Wrong weights, another order of colours, a runtime that computes otherwise: none of it raises an error, all of it
gives encodings that look like encodings and name the wrong people. So a drawn face goes through each part, and what
comes out is compared with golden.json. That file was recorded by `manage.py check_engine --record` from an engine
whose encodings equal dlib's own (tests/people/recognition/test_parity.py). About 30 ms.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.detector import Detector
from people.recognition.engine.encoder import Encoder
from people.recognition.engine.golden_picture import FACE, drawn_face
from people.recognition.engine.landmarks import Landmarks, chip
from people.recognition.errors import GoldenMismatch
from people.recognition.types import Image

FILE = Path(__file__).with_name("golden.json")
TOLERANCE = 1e-4
"""Of any number of an encoding. Processors and runtimes differ by 1e-6; the nearest mistake is far above."""
SCORE_TOLERANCE = 1e-3
"""Of the detector's score of any window of the picture itself: they reach from -4 to 1 here."""
FOUND_TOLERANCE = 0.05
"""Of the score of the found face: a scaled level may differ by one grey from processor to processor."""
QUICK_TOLERANCE = 0.25
"""Of the same score by the network in whole numbers: it differs by up to 0.15 from the exact one on this picture."""
POINT_TOLERANCE_PX = 1.5
"""Landmarks are rounded to whole pixels by dlib."""
CHIP_TOLERANCE = 6.0
"""Of the mean grey of a ninth of a chip: what a landmark one pixel aside does stays below 3."""
CHIP_BLOCKS = 3

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Golden:
    """What an engine makes of the drawn face."""

    encoding: list[float]
    """(128,) of unit length: the picture itself as a chip, and its mirror image."""
    scores: list[float]
    """The detector's score of every window, row by row, without any scaling."""
    faces: list[float]
    """The detector's score of each face found: exactly one."""
    quick_faces: list[float]
    """The same by the network that searches video."""
    points: list[list[float]]
    """(5, 2) landmarks of the face at FACE, steadied as for enrolment."""
    chips: list[list[float]]
    """Per padding the mean red, green and blue of nine parts of the aligned chip: 27 numbers."""


def observe(
    detector: Detector, quick: Detector, landmarks: Landmarks, encoder: Encoder, paddings: Sequence[float]
) -> Golden:
    """What these parts make of the drawn face."""
    picture = drawn_face()
    points = landmarks.steadied(picture, FACE)
    return Golden(
        encoding=_rounded(encoder.encode(picture[None, None])[0], 7),
        scores=_rounded(detector.scores(picture).ravel(), 5),
        faces=_found(detector, picture),
        quick_faces=_found(quick, picture),
        points=[_rounded(point, 1) for point in points],
        chips=[_blocks(chip(picture, points, padding)) for padding in paddings],
    )


def compare(found: Golden, expected: Golden) -> None:
    """Raises GoldenMismatch for the first part that is off."""
    for part, tolerance, unit in (
        ("encoding", TOLERANCE, ""),
        ("scores", SCORE_TOLERANCE, ""),
        ("faces", FOUND_TOLERANCE, " in score"),
        ("quick_faces", QUICK_TOLERANCE, " in score"),
        ("points", POINT_TOLERANCE_PX, " px"),
        ("chips", CHIP_TOLERANCE, " grey levels"),
    ):
        off = difference(getattr(found, part), getattr(expected, part))
        if not off <= tolerance:  # also when it is not a number
            raise GoldenMismatch(
                f"the {_NAMES[part]} not what they should be: off by {off:.3g}{unit}, at most {tolerance:g} is "
                "allowed. The engine was not started, because it would name the wrong people: "
                "the weights, the cached graphs or the runtime are not those of this release."
            )


def difference(found: Any, expected: Any) -> float:
    """The largest difference between two nested lists of numbers; infinite when their shapes differ."""
    one, other = np.array(found, np.float64), np.array(expected, np.float64)
    if one.shape != other.shape:
        return float("inf")
    return float(np.abs(one - other).max(initial=0.0))


@cache
def recorded() -> Golden:
    """What golden.json says."""
    return Golden(**json.loads(FILE.read_text()))


def record(golden: Golden, path: Path = FILE) -> None:
    """Write golden.json anew: after a change of the engine that was meant."""
    path.write_text(json.dumps(asdict(golden), indent=1) + "\n")


_NAMES = {
    "encoding": "encodings are",
    "scores": "detector's scores are",
    "faces": "found faces are",
    "quick_faces": "faces found on video are",
    "points": "landmarks are",
    "chips": "aligned faces are",
}


def _found(detector: Detector, picture: Image) -> list[float]:
    return [round(window.score, 4) for window in detector.find(picture, FACE.width, fine=False)]


def _blocks(image: Image) -> list[float]:
    """A chip seen from afar: (3 x 3 parts, 3 colours)."""
    small = cv2.resize(image, (CHIP_BLOCKS, CHIP_BLOCKS), interpolation=cv2.INTER_AREA)
    return _rounded(np.asarray(small, np.float64).ravel(), 1)


def _rounded(values: NDArray[Any], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
