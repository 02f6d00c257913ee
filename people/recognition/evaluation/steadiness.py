"""Encodes faces and tells how well their views agree. This is the seam to the engine: nothing else here needs views."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from people.recognition.engine.encoder import unit
from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.landmarks import chip
from people.recognition.types import Face, Image, Vector


class SteadyEncoding(NamedTuple):
    """One face's encoding."""

    vector: Vector
    steadiness: float
    """Length of the mean of the views' unit vectors, 0 to 1: views of a face that was taken badly disagree."""


def steady_encoding(engine: Engine, image: Image, face: Face, crops: Crops) -> SteadyEncoding:
    image = np.ascontiguousarray(image)
    points = face.landmarks if crops is Crops.PROBE else engine.landmarks.steadied(image, face.box)
    views = np.array([chip(image, points, padding) for padding in crops.paddings])
    mean = unit(engine.encoder.raw(np.concatenate([views, views[:, :, ::-1]]))).mean(axis=0)
    steadiness = float(np.linalg.norm(mean))
    return SteadyEncoding(mean / np.float32(steadiness), steadiness)
