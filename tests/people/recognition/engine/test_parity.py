"""The networks give the numbers of dlib, of face_recognition and of OpenCV."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from PIL import ImageFile

from people.recognition.engine.engine import Engine
from people.recognition.engine.landmarks import chip
from people.recognition.engine.mmod import resized
from people.recognition.engine.sface import aligned
from people.recognition.engine.weights import SFACE, YUNET
from people.recognition.engine.zoo_format import read_zoo
from people.recognition.evaluation import reference
from people.recognition.types import Image


def test_encodings_are_those_of_dlib(engine: Engine, obama: Image, astronaut: Image) -> None:
    chips = [chip(image, face.landmarks) for image in (obama, astronaut) for face in engine.detect(image)]
    noise = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    chips.append(noise)
    assert len(chips) == 3
    difference = np.abs(engine.networks.encoder.raw(np.array(chips)) - reference.encode_chips(chips))
    assert difference.max() < 1e-5


def test_encodings_are_those_of_face_recognition(engine: Engine, obama: Image) -> None:
    faces = engine.detect(obama)
    ours = engine.networks.encoder.raw(np.array([chip(obama, face.landmarks) for face in faces]))
    theirs = reference.face_encodings(obama, [face.box for face in faces])
    assert ours.shape == theirs.shape == (1, 128)
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("height", [280, 400])
def test_boxes_are_those_of_dlib(engine: Engine, obama: Image, height: int) -> None:
    small = np.ascontiguousarray(resized(obama, height / obama.shape[0]))
    ours = [face.box for face in engine.networks.mmod.find(small, 80)]
    theirs = reference.detect_cnn(small)
    assert len(ours) == len(theirs) == 1
    assert np.abs(np.subtract(ours, theirs)).max() <= 2


@pytest.mark.parametrize("height", [200, 341])
def test_yunets_faces_are_those_of_opencv(engine: Engine, obama: Image, height: int) -> None:
    small = np.ascontiguousarray(resized(obama, height / obama.shape[0]))
    (face,) = engine.networks.yunet.find(small)
    (row,) = opencv_faces(small)
    assert face.points is not None
    assert np.abs(face.points.ravel() - row[4:14]).max() < 1e-3
    assert face.score == pytest.approx(row[14], abs=1e-5)


def test_sfaces_chips_and_encodings_are_those_of_opencv(engine: Engine, obama: Image, tmp_path: Path) -> None:
    small = np.ascontiguousarray(resized(obama, 0.5))
    (row,) = opencv_faces(small)
    theirs = cv2.FaceRecognizerSF.create(str(plain_sface(tmp_path)), "")
    their_chip = theirs.alignCrop(np.ascontiguousarray(small[:, :, ::-1]), row)
    our_chip = aligned(small, row[4:14].reshape(5, 2))
    assert np.abs(our_chip[:, :, ::-1].astype(int) - their_chip).max() <= 1
    vector = engine.networks.sface.raw(np.ascontiguousarray(their_chip[None, :, :, ::-1]))
    assert np.abs(vector - theirs.feature(their_chip)).max() < 1e-4


def opencv_faces(image: Image) -> NDArray[np.float32]:
    detector = cv2.FaceDetectorYN.create(str(YUNET.verify()), "", image.shape[1::-1], 0.6, 0.3)
    return np.asarray(detector.detect(np.ascontiguousarray(image[:, :, ::-1]))[1], np.float32)


def plain_sface(folder: Path) -> Path:
    """Writes SFace as OpenCV can read it: with weights in 32 bits and without the inputs that shadow them."""
    model = onnx.load(str(SFACE.verify()))
    constants = read_zoo(SFACE.verify().read_bytes()).constants
    made = [node for node in model.graph.node if node.output[0] in constants]
    kept = [node for node in model.graph.node if node.output[0] not in constants]
    known = {one.name for one in model.graph.initializer}
    for node in made:
        assert node.output[0] not in known
        model.graph.initializer.append(numpy_helper.from_array(constants[node.output[0]], node.output[0]))
    del model.graph.node[:], model.graph.input[1:]
    model.graph.node.extend(kept)
    path = folder / "sface.onnx"
    onnx.save(model, str(path))
    return path


def test_comparing_leaves_pillow_as_it_was() -> None:
    with reference.restored():
        assert ImageFile.LOAD_TRUNCATED_IMAGES is not None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
