"""The liveness network on ONNX Runtime: how much a face and its surroundings look as if somebody stood there.

The score rests on edges and texture around the face, so the network sees 2.7 times its box. Its package gives colours
as RGB; given as BGR it works better: of 81 photos of living people 29 come below 0.3 as RGB, and one as BGR
(docs/liveness.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from people.recognition.engine.golden_picture import FACE, drawn_face
from people.recognition.engine.runtime import CPU, session
from people.recognition.errors import GoldenMismatch
from people.recognition.liveness.published import read
from people.recognition.types import Box, Image

SIDE_PX = 128
SURROUNDINGS = 2.7
"""Side of the square that the network sees, in sizes of the face."""
KNOWN_SCORE, TOLERANCE = 0.997, 0.02
"""Of the drawn face; with another order of colours it is 0.26."""


class Liveness:
    """Scores faces. It uses one core; a look takes 7 ms, up to 12 on slower ones."""

    def __init__(self, opened: Any) -> None:
        """`opened`: an ONNX Runtime session with one input, (1, 3, 128, 128) float32; its first class is alive."""
        self._session = opened
        self._input = opened.get_inputs()[0].name

    @classmethod
    def load(cls, folder: Path, providers: Sequence[str] = CPU) -> Liveness:
        """Opens the installed network. Raises BadWeights if it is not the published one, GoldenMismatch if it is off.

        It takes 25 ms of processor time.
        """
        loaded = cls(session(read(folder), providers))
        score = loaded.score(drawn_face(), FACE)
        if not abs(score - KNOWN_SCORE) <= TOLERANCE:  # `not` also catches NaN
            raise GoldenMismatch(f"the liveness network is not what it should be: {score:.3f}, expected {KNOWN_SCORE}")
        return loaded

    def score(self, image: Image, box: Box) -> float:
        """Returns 0 (a held picture) to 1 (alive) for the face in `box`."""
        bgr = surroundings(image, box)[..., ::-1]
        pixels = np.ascontiguousarray(bgr.transpose(2, 0, 1)[None], np.float32)
        (answers,) = self._session.run(None, {self._input: pixels})
        shares = np.exp(answers[0] - answers[0].max())
        return float(shares[0] / shares.sum())


def surroundings(image: Image, box: Box) -> Image:
    """Returns the square around a face, (128, 128, 3); beyond the image its edge goes on.

    Scaled without averaging: averaged, large prints lose the texture by which they are known (of drawn prints 200 px
    wide 88 instead of 96 of 100 come below 0.3).
    """
    scale = SIDE_PX / (SURROUNDINGS * max(1, box.width, box.height))
    x, y = box.centre
    matrix = np.array([[scale, 0, SIDE_PX / 2 - scale * x], [0, scale, SIDE_PX / 2 - scale * y]])
    seen = cv2.warpAffine(image, matrix, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)
