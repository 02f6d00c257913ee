"""Checks at every start that the engine gives the known values, and refuses to let it work otherwise.

Wrong weights, another order of colours or a runtime that computes differently raise no error: they give encodings that
look like encodings and name the wrong people. So each part is given a drawn face, and its results are compared with
golden.json. `manage.py check_engine --record` recorded that file from an engine whose encodings equal dlib's own
(tests/people/recognition/engine/test_parity.py). The check takes about 30 ms.
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
"""For any number of an encoding. Processors and runtimes differ by 1e-6; the nearest mistake is far above."""
SCORE_TOLERANCE = 1e-3
"""For the detector's score of any window of the unscaled picture, where scores reach from -4 to 1."""
FOUND_TOLERANCE = 0.05
"""For the score of the found face: a scaled level may differ by one grey level between processors."""
QUICK_TOLERANCE = 0.25
"""For the same score by the network in whole numbers: on this picture it differs by up to 0.15 from the exact one."""
POINT_TOLERANCE_PX = 1.5
"""For the landmarks: dlib rounds them to whole pixels."""
CHIP_TOLERANCE = 6.0
"""For the mean grey of a ninth of a chip: a landmark that is one pixel off changes it by less than 3."""
CHIP_BLOCKS = 3

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Golden:
    """What an engine makes of the drawn face."""

    encoding: list[float]
    """(128,) of unit length, from the picture itself as a chip and its mirror image."""
    scores: list[float]
    """The detector's score of every window, row by row, without any scaling."""
    faces: list[float]
    """The detector's score of each found face: exactly one."""
    quick_faces: list[float]
    """The same from the network that searches video."""
    points: list[list[float]]
    """(5, 2) landmarks of the face at FACE, steadied as for enrolment."""
    chips: list[list[float]]
    """Per padding, the mean red, green and blue of nine parts of the aligned chip: 27 numbers."""


def observe(
    detector: Detector, quick: Detector, landmarks: Landmarks, encoder: Encoder, paddings: Sequence[float]
) -> Golden:
    """Returns what these parts make of the drawn face."""
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
        if not off <= tolerance:  # `not` also catches NaN
            raise GoldenMismatch(
                f"the {_NAMES[part]} not what they should be: off by {off:.3g}{unit}, at most {tolerance:g} is "
                "allowed. The engine was not started, because it would name the wrong people: "
                "the weights, the cached graphs or the runtime are not those of this release."
            )


def difference(found: Any, expected: Any) -> float:
    """Returns the largest difference between two nested lists of numbers; infinite if their shapes differ."""
    one, other = np.array(found, np.float64), np.array(expected, np.float64)
    if one.shape != other.shape:
        return float("inf")
    return float(np.abs(one - other).max(initial=0.0))


@cache
def recorded() -> Golden:
    """Returns the values in golden.json."""
    return Golden(**json.loads(FILE.read_text()))


def record(golden: Golden, path: Path = FILE) -> None:
    """Writes golden.json anew, after an intended change of the engine."""
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
    """Averages a chip over 3 x 3 parts, in 3 colours."""
    small = cv2.resize(image, (CHIP_BLOCKS, CHIP_BLOCKS), interpolation=cv2.INTER_AREA)
    return _rounded(np.asarray(small, np.float64).ravel(), 1)


def _rounded(values: NDArray[Any], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
