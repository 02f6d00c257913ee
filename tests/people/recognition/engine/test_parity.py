"""The engine gives the numbers of dlib and of face_recognition."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFile

from people.recognition.engine.detector import resized
from people.recognition.engine.engine import Engine
from people.recognition.engine.landmarks import chip
from people.recognition.evaluation import reference
from people.recognition.types import Image


def test_encodings_are_those_of_dlib(engine: Engine, obama: Image, astronaut: Image) -> None:
    chips = [chip(image, face.landmarks) for image in (obama, astronaut) for face in engine.detect(image)]
    noise = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    chips.append(noise)
    assert len(chips) == 3
    difference = np.abs(engine.encoder.raw(np.array(chips)) - reference.encode_chips(chips))
    assert difference.max() < 1e-5


def test_encodings_are_those_of_face_recognition(engine: Engine, obama: Image) -> None:
    faces = engine.detect(obama)
    ours = engine.encoder.raw(np.array([chip(obama, face.landmarks) for face in faces]))
    theirs = reference.face_encodings(obama, [face.box for face in faces])
    assert ours.shape == theirs.shape == (1, 128)
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("height", [280, 400])
def test_boxes_are_those_of_dlib(engine: Engine, obama: Image, height: int) -> None:
    small = np.ascontiguousarray(resized(obama, height / obama.shape[0]))
    ours = [window.box for window in engine.detector.find(small, 80)]
    theirs = reference.detect_cnn(small)
    assert len(ours) == len(theirs) == 1
    assert np.abs(np.subtract(ours, theirs)).max() <= 2


def test_comparing_leaves_pillow_as_it_was() -> None:
    with reference.restored():
        assert ImageFile.LOAD_TRUNCATED_IMAGES is not None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
