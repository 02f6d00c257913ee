"""Averages the encodings of several views of a face, and tells how well they agree."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Matrix, Vector

Chips = NDArray[np.uint8]


class Crops(Enum):
    """How many views of a face are averaged into one encoding."""

    ENROLMENT = "enrolment"
    """Three paddings of dlib's face chip and their mirrors, and one view for SFace: six passes and one."""
    PROBE = "probe"
    """One padding and its mirror for dlib's network, and one view for SFace: two passes and one."""

    @property
    def paddings(self) -> tuple[float, ...]:
        """Returns the paddings of dlib's face chip; the network was trained with 0.25."""
        return (0.20, 0.25, 0.32) if self is Crops.ENROLMENT else (0.25,)


class Encoded(NamedTuple):
    """One face's encoding."""

    vector: Vector
    steadiness: float
    """Length of the mean of the views' unit vectors, 0 to 1: views of a face that was taken badly disagree."""


def averaged(raw: Callable[[Chips], NDArray[np.float32]], views: Chips, *, mirrors: bool) -> tuple[Matrix, Matrix]:
    """Encodes (faces, views, rows, columns, 3) by `raw`, with `mirrors` each view's mirror image too.

    Returns one unit vector per face, (faces, width): the mean over its views, and the lengths of these means, (faces,).
    """
    if mirrors:
        views = np.concatenate([views, views[:, :, :, ::-1]], axis=1)
    faces, count = views.shape[:2]
    means = unit(raw(views.reshape(faces * count, *views.shape[2:]))).reshape(faces, count, -1).mean(axis=1)
    return unit(means), np.linalg.norm(means, axis=1)


def unit(vectors: NDArray[np.float32]) -> Matrix:
    """Scales rows to unit length, because the networks' lengths carry noise, not identity (docs/accuracy.md)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)
