"""The detector in whole numbers finds what the exact one finds."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.engine.detector import resized
from people.recognition.engine.dlib_format import Convolution
from people.recognition.engine.engine import Engine
from people.recognition.engine.quick_graph import of_fours
from people.recognition.types import Image


def test_its_scores_are_those_of_the_exact_network_to_a_few_hundredths(engine: Engine, astronaut: Image) -> None:
    picture = np.ascontiguousarray(astronaut[:320, :400])
    off = engine.quick.scores(picture) - engine.detector.scores(picture)
    assert np.sqrt(np.mean(off**2)) < 0.06
    assert abs(off).max() < 0.4


@pytest.mark.parametrize("height", [280, 401, 512])
def test_it_finds_the_same_face(engine: Engine, astronaut: Image, height: int) -> None:
    image = np.ascontiguousarray(resized(astronaut, height / astronaut.shape[0]))
    (quick,) = engine.quick.find(image, 60, fine=False)
    (exact,) = engine.detector.find(image, 60, fine=False)
    assert quick.box.iou(exact.box) > 0.5
    assert quick.score == pytest.approx(exact.score, abs=0.3)


def test_faces_larger_than_wanted_are_left_out(engine: Engine, astronaut: Image) -> None:
    (face,) = engine.detect(astronaut, 60, fine=False)
    assert engine.detect(astronaut, 60, largest_px=face.box.width // 2, fine=False) == []
    assert len(engine.detect(astronaut, 60, largest_px=2 * face.box.width, fine=False)) == 1


def test_fours_of_pixels_give_the_same_convolution() -> None:
    """Two columns of it at once: one filter's answers at 0 and at 2, then the other's."""
    weights = np.arange(2 * 3 * 5 * 5, dtype=np.float32).reshape(2, 3, 5, 5)
    layer = of_fours(Convolution(weights, np.array([1, 2], np.float32), (2, 2), (0, 0)))
    pixels = np.random.default_rng(0).integers(0, 256, (5, 8, 3)).astype(np.float32)
    alone = [np.einsum("ocyx,yxc->o", weights, pixels[:, left : left + 5]) for left in (0, 2)]
    together = np.einsum("ocyx,yxc->o", layer.weights, pixels.reshape(5, 2, 12))
    assert layer.stride == (2, 1)
    assert list(layer.biases) == [1, 2, 1, 2]
    assert together == pytest.approx(np.concatenate(alone))


@pytest.mark.parametrize("width", [100, 101, 102, 103])
def test_pictures_of_any_width_are_searched(engine: Engine, astronaut: Image, width: int) -> None:
    assert engine.quick.find(np.ascontiguousarray(astronaut[:120, :width]), 80, fine=False) == []
