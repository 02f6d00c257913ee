"""face_recognition and dlib themselves, which benchmark, evaluate and parity tests compare the engine with.

This is the only module that may import face_recognition, and only inside `restored`, because that import makes Pillow
accept truncated pictures in the whole process.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from people.recognition.engine.weights import ENCODER, MMOD
from people.recognition.types import Box, Image

Raw = NDArray[np.float64]


@contextmanager
def restored() -> Iterator[Any]:
    """Yields the module face_recognition, and sets Pillow's switch back afterwards."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pkg_resources warns at every import that it is deprecated
            import face_recognition
        yield face_recognition
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@cache
def dlib_encoder() -> Any:
    return dlib.face_recognition_model_v1(str(ENCODER.verify()))


@cache
def dlib_cnn_detector() -> Any:
    return dlib.cnn_face_detection_model_v1(str(MMOD.verify()))


@cache
def dlib_hog_detector() -> Any:
    return dlib.get_frontal_face_detector()


def encode_chips(chips: Sequence[Image]) -> Raw:
    """Returns dlib's vectors of (150, 150, 3) chips: (n, 128), not of unit length."""
    return np.array([dlib_encoder().compute_face_descriptor(chip) for chip in chips])


def detect_cnn(image: Image) -> list[Box]:
    """Returns boxes of dlib's CNN detector without enlarging, surest first."""
    return [_box(found.rect) for found in dlib_cnn_detector()(image, 0)]


def detect_hog(image: Image, upsample: int = 0) -> list[Box]:
    """Returns boxes of dlib's HOG detector, the usual one of face_recognition."""
    return [_box(rect) for rect in dlib_hog_detector()(image, upsample)]


def face_encodings(image: Image, boxes: Sequence[Box]) -> Raw:
    """Returns what face_recognition.face_encodings gives for these boxes: (n, 128)."""
    with restored() as face_recognition:
        places = [(box.top, box.right - 1, box.bottom - 1, box.left) for box in boxes]
        return np.array(face_recognition.face_encodings(image, places))


def _box(rect: Any) -> Box:
    return Box(rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1)
