"""Checks each network when it is opened: it must give the known values, or the engine does not start.

Wrong weights, another order of colours or a runtime that computes differently raise no error: they give encodings that
look like encodings and name the wrong people. So each network is given a drawn face, and its results are compared with
golden.json. `manage.py check_engine --record` recorded that file from networks whose results equal those of dlib and of
OpenCV (tests/people/recognition/engine/test_parity.py). The checks of one engine take about 40 ms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.encoder import Encoder
from people.recognition.engine.golden_picture import FACE, POINTS, drawn_face
from people.recognition.engine.landmarks import Landmarks, chip
from people.recognition.engine.mmod import Mmod
from people.recognition.engine.sface import SFace, aligned
from people.recognition.engine.views import Crops, averaged
from people.recognition.engine.yunet import YuNet
from people.recognition.errors import GoldenMismatch
from people.recognition.types import FoundFace, Image

Network = YuNet | Mmod | Landmarks | Encoder | SFace
Values = dict[str, Any]
"""Nested lists of numbers by name."""

FILE = Path(__file__).with_name("golden.json")
TOLERANCE = 1e-4
"""For any number of an encoding. Processors and runtimes differ by 1e-6; the nearest mistake is far above."""
TOLERANCES: dict[str, tuple[float, str]] = {
    "encoding": (TOLERANCE, "encodings are"),
    "scores": (1e-3, "detector's scores are"),  # of any window of the unscaled picture; they reach from -4 to 1
    "faces": (0.05, "found faces are"),  # of a scaled level, which may differ by one grey level between processors
    "answers": (1e-3, "first detector's answers are"),  # means of channels that reach from -9 to 2
    "face": (0.1, "first detector's face is"),  # px of its points, and its score
    "points": (1.5, "landmarks are"),  # px; dlib rounds them to whole pixels
    "chips": (6.0, "aligned faces are"),  # grey levels of a ninth; a landmark 1 px off changes it by less than 3
}
CHIP_BLOCKS = 3


def check(network: Network) -> None:
    """Raises GoldenMismatch if a network does not give the known values."""
    compare(observe(network), recorded()[type(network).__name__])


def observe(network: Network) -> Values:
    """Returns what a network makes of the drawn face."""
    return OBSERVERS[type(network)](network, drawn_face())


def compare(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Raises GoldenMismatch for the first value that is off."""
    for name, wanted in expected.items():
        tolerance, subject = TOLERANCES[name]
        off = difference(found.get(name), wanted)
        if not off <= tolerance:  # `not` also catches NaN
            raise GoldenMismatch(
                f"the {subject} not what they should be: off by {off:.3g}, at most {tolerance:g} is "
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
def recorded() -> dict[str, Values]:
    """Returns the values in golden.json, by the name of the network's class."""
    values: dict[str, Values] = json.loads(FILE.read_text())
    return values


def record(networks: Iterable[Network], path: Path = FILE) -> None:
    """Writes golden.json anew, after an intended change of a network."""
    values = {type(network).__name__: observe(network) for network in networks}
    path.write_text(json.dumps(values, indent=1) + "\n")


def _of_yunet(network: YuNet, picture: Image) -> Values:
    found = network.find(picture)
    square = np.asarray(cv2.copyMakeBorder(picture, 0, 10, 0, 10, cv2.BORDER_REPLICATE), np.uint8)
    means = [level.reshape(len(level), -1).mean(axis=1) for level in network.levels(square)]
    return {"answers": _rounded(np.concatenate(means), 5), "face": [_of_face(face) for face in found]}


def _of_face(face: FoundFace) -> list[float]:
    assert face.points is not None
    return _rounded(np.append(face.points.ravel(), face.score), 3)


def _of_mmod(network: Mmod, picture: Image) -> Values:
    return {
        "scores": _rounded(network.scores(picture).ravel(), 5),
        "faces": [round(face.score, 4) for face in network.find(picture, FACE.width, fine=False)],
    }


def _of_landmarks(network: Landmarks, picture: Image) -> Values:
    points = network.steadied(picture, FACE)
    return {
        "points": [_rounded(point, 1) for point in points],
        "chips": [_blocks(chip(picture, points, padding)) for padding in Crops.ENROLMENT.paddings],
    }


def _of_encoder(network: Encoder, picture: Image) -> Values:
    vectors, _lengths = averaged(network.raw, picture[None, None], mirrors=True)
    return {"encoding": _rounded(vectors[0], 7)}


def _of_sface(network: SFace, picture: Image) -> Values:
    face = aligned(picture, POINTS)
    vectors, _lengths = averaged(network.raw, face[None, None], mirrors=True)
    return {"encoding": _rounded(vectors[0], 7), "chips": [_blocks(face)]}


OBSERVERS: dict[type[Network], Callable[[Any, Image], Values]] = {
    YuNet: _of_yunet,
    Mmod: _of_mmod,
    Landmarks: _of_landmarks,
    Encoder: _of_encoder,
    SFace: _of_sface,
}


def _blocks(image: Image) -> list[float]:
    """Averages a chip over 3 x 3 parts, in 3 colours."""
    small = cv2.resize(image, (CHIP_BLOCKS, CHIP_BLOCKS), interpolation=cv2.INTER_AREA)
    return _rounded(np.asarray(small, np.float64).ravel(), 1)


def _rounded(values: NDArray[Any], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
