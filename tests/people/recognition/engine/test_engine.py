"""Finding and encoding faces on real portraits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from people.recognition.engine.detector import resized
from people.recognition.engine.engine import Crops, Engine
from people.recognition.types import Box, Image


def test_the_face_is_found_where_it_is(engine: Engine, astronaut: Image) -> None:
    (face,) = engine.detect(astronaut)
    assert face.box.iou(Box(170, 70, 275, 175)) > 0.6
    assert face.score > 0.9
    left, top, right, bottom = face.box
    assert ((face.landmarks > [left, top]) & (face.landmarks < [right, bottom])).all()


def test_the_biggest_face_comes_first(engine: Engine, astronaut: Image, obama: Image) -> None:
    big = resized(obama, 0.8)
    both = np.zeros((big.shape[0], 512 + big.shape[1], 3), np.uint8)
    both[:512, :512] = astronaut
    both[:, 512:] = big
    faces = engine.detect(both)
    assert len(faces) == 2
    assert faces[0].box.left > 512 > faces[1].box.right


def test_smaller_faces_are_found_when_asked_for(engine: Engine, astronaut: Image) -> None:
    small = resized(astronaut, 0.45)
    assert not engine.detect(small, smallest_px=80)
    (face,) = engine.detect(small, smallest_px=40)
    assert 35 < face.box.width < 65


def test_a_region_is_searched_in_pixels_of_the_whole_image(engine: Engine, astronaut: Image) -> None:
    (whole,) = engine.detect(astronaut)
    (part,) = engine.detect(astronaut, region=Box(120, 20, 350, 250))
    assert part.box.iou(whole.box) > 0.6
    assert engine.detect(astronaut, region=Box(300, 300, 500, 500)) == []
    assert engine.detect(astronaut, 60, region=Box(600, 600, 700, 700)) == []


def test_half_the_scales_find_the_same_face(engine: Engine, astronaut: Image) -> None:
    (face,) = engine.detect(astronaut, fine=False)
    assert face.box.iou(engine.detect(astronaut)[0].box) > 0.5


def test_nothing_is_found_in_an_empty_or_tiny_image(engine: Engine) -> None:
    assert engine.detect(np.full((480, 640, 3), 127, np.uint8)) == []
    assert engine.detect(np.zeros((20, 20, 3), np.uint8)) == []
    assert engine.detect(np.zeros((0, 0, 3), np.uint8)) == []


@pytest.mark.parametrize("crops", Crops)
def test_encodings_have_unit_length(engine: Engine, obama: Image, crops: Crops) -> None:
    vectors = engine.encode(obama, engine.detect(obama), crops)
    assert vectors.shape == (1, 128)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-6)


def test_no_face_gives_no_encoding(engine: Engine, obama: Image) -> None:
    assert engine.encode(obama, []).shape == (0, 128)


def test_a_mirrored_picture_gives_the_same_person(engine: Engine, obama: Image) -> None:
    mirrored = np.ascontiguousarray(obama[:, ::-1])
    one = engine.encode(obama, engine.detect(obama))[0]
    other = engine.encode(mirrored, engine.detect(mirrored))[0]
    assert np.linalg.norm(one - other) < 0.15


def test_swapped_colour_channels_are_noticed(engine: Engine, obama: Image) -> None:
    face = engine.detect(obama)[0]
    right = engine.encode(obama, [face])[0]
    wrong = engine.encode(np.ascontiguousarray(obama[:, :, ::-1]), [face])[0]
    assert np.linalg.norm(right - wrong) > 0.1


def test_a_cut_out_that_is_not_contiguous_is_taken(engine: Engine, astronaut: Image) -> None:
    assert len(engine.detect(astronaut[10:, 10:])) == 1


def test_engines_of_the_same_weights_have_the_same_key(engine: Engine) -> None:
    assert Engine.load(Path(settings.MODEL_CACHE)).key == engine.key
    assert engine.key.startswith("dlib-resnet-v1+5pt+")
