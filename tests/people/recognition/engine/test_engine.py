"""Finding and encoding faces on real portraits."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.fusing import by_landmarks
from people.recognition.engine.kinds import DLIB, FUSED
from people.recognition.engine.mmod import resized
from people.recognition.errors import WrongEncoder
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
    assert not engine.find(small, smallest_px=160)
    (face,) = engine.find(small, smallest_px=40)
    assert 35 < face.box.width < 65


def test_a_face_of_18_px_is_found_when_asked_for(engine: Engine, astronaut: Image) -> None:
    (face,) = engine.detect(resized(astronaut, 0.18), 18)
    assert 15 < face.box.width < 23


def test_a_near_face_does_not_hide_a_small_one(engine: Engine, astronaut: Image, obama: Image) -> None:
    both = np.zeros((1000, 1000, 3), np.uint8)
    big, small = resized(obama, 1000 / obama.shape[0]), resized(astronaut, 0.25)
    both[:, : big.shape[1]] = big
    both[800 : 800 + small.shape[0], 860 : 860 + small.shape[1]] = small
    widths = [face.box.width for face in engine.detect(both)]
    assert len(widths) == 2
    assert widths[0] > 8 * widths[1]


def test_a_face_that_fills_the_picture_is_found(engine: Engine, astronaut: Image) -> None:
    (face,) = engine.detect(astronaut)
    filled = resized(np.ascontiguousarray(astronaut[face.box.top : face.box.bottom, face.box.left : face.box.right]), 8)
    (found,) = engine.detect(filled)
    assert found.box.width > 0.7 * filled.shape[1]


def test_the_biggest_alone_costs_one_look_at_a_small_picture(engine: Engine, astronaut: Image) -> None:
    (biggest,) = engine.detect(astronaut, biggest=True)
    assert biggest.box.iou(engine.detect(astronaut)[0].box) > 0.8


def test_beside_the_biggest_face_only_those_of_a_share_of_its_width_are_looked_for(
    engine: Engine, astronaut: Image, obama: Image
) -> None:
    near, far = resized(obama, 1.4), resized(astronaut, 0.3)
    both = np.zeros((near.shape[0], near.shape[1] + far.shape[1], 3), np.uint8)
    both[:, : near.shape[1]] = near
    both[: far.shape[0], near.shape[1] :] = far
    everybody = engine.detect(both)
    assert len(everybody) == 2
    assert everybody[1].box.width < 0.2 * everybody[0].box.width
    (alone,) = engine.detect_beside_biggest(both, 1 / 3)
    assert alone.box.iou(everybody[0].box) > 0.8
    assert len(engine.detect_beside_biggest(both, 0.05)) == 2
    assert engine.detect_beside_biggest(far[:60], 1 / 3) == []  # no face is plain here


def test_a_region_is_searched_in_pixels_of_the_whole_image(engine: Engine, astronaut: Image) -> None:
    (whole,) = engine.find(astronaut)
    (part,) = engine.find(astronaut, region=Box(120, 20, 350, 250))
    assert part.box.iou(whole.box) > 0.6
    assert part.points is not None
    assert whole.points is not None
    assert np.abs(part.points - whole.points).max() < 8
    assert engine.find(astronaut, region=Box(300, 300, 500, 500)) == []
    assert engine.find(astronaut, 60, region=Box(600, 600, 700, 700)) == []


def test_nothing_is_found_in_an_empty_or_tiny_image(engine: Engine) -> None:
    assert engine.detect(np.full((480, 640, 3), 127, np.uint8)) == []
    assert engine.detect(np.zeros((20, 20, 3), np.uint8)) == []
    assert engine.detect(np.zeros((0, 0, 3), np.uint8)) == []


@pytest.mark.parametrize("crops", Crops)
def test_encodings_have_unit_length(engine: Engine, obama: Image, crops: Crops) -> None:
    vectors = engine.encode(obama, engine.detect(obama), crops)
    assert vectors.shape == (1, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-6)


def test_no_face_gives_no_encoding(engine: Engine, obama: Image) -> None:
    assert engine.encode(obama, []).shape == (0, 256)


def test_a_mirrored_picture_gives_the_same_person(engine: Engine, obama: Image) -> None:
    mirrored = np.ascontiguousarray(obama[:, ::-1])
    one = engine.encode(obama, engine.detect(obama))[0]
    other = engine.encode(mirrored, engine.detect(mirrored))[0]
    assert np.linalg.norm(one - other) < 0.30


def test_a_squared_distance_is_the_weighted_mean_of_both_networks(
    engine: Engine, obama: Image, astronaut: Image
) -> None:
    one, other = (engine.encode(image, engine.detect(image))[0] for image in (obama, astronaut))
    by_dlib, by_sface = np.sum((one - other)[:128] ** 2), np.sum((one - other)[128:] ** 2)
    assert np.sum(one[:128] ** 2) == pytest.approx(0.7, abs=1e-5)
    assert np.sum((one - other) ** 2) == pytest.approx(by_dlib + by_sface, abs=1e-5)
    dlib = engine.of_key(DLIB.key)
    plain = [dlib.encode(image, dlib.detect(image))[0] for image in (obama, astronaut)]
    assert by_dlib == pytest.approx(0.7 * np.sum((plain[0] - plain[1]) ** 2), abs=1e-4)


def test_the_views_of_a_good_face_agree(engine: Engine, obama: Image) -> None:
    (good,) = engine.encode_faces(obama, engine.detect(obama))
    noisy = np.random.default_rng(0).normal(obama, 60).clip(0, 255).astype(np.uint8)
    (bad,) = engine.encode_faces(noisy, engine.detect(noisy)[:1])
    assert bad.steadiness < good.steadiness <= 1


def test_a_face_in_a_box_is_encoded_as_the_found_one(engine: Engine, obama: Image) -> None:
    (found,) = engine.detect(obama)
    drawn = engine.face_at(obama, Box(*(edge + 2 for edge in found.box)), 0.0)
    apart = np.linalg.norm(engine.encode(obama, [found])[0] - engine.encode(obama, [drawn])[0])
    assert apart < 0.2


def test_a_face_that_yunet_does_not_see_is_aligned_by_dlibs_landmarks(engine: Engine, obama: Image) -> None:
    (face,) = engine.detect(obama)
    found = engine.networks.yunet.points_in(obama, face.box)
    assert found is not None
    assert np.abs(by_landmarks(face.landmarks) - found).max() < 0.12 * face.box.width
    assert engine.networks.yunet.points_in(np.zeros_like(obama), face.box) is None


def test_swapped_colour_channels_are_noticed(engine: Engine, obama: Image) -> None:
    face = engine.detect(obama)[0]
    right = engine.encode(obama, [face])[0]
    wrong = engine.encode(np.ascontiguousarray(obama[:, :, ::-1]), [face])[0]
    assert np.linalg.norm(right - wrong) > 0.1


def test_a_cut_out_that_is_not_contiguous_is_taken(engine: Engine, astronaut: Image) -> None:
    assert len(engine.detect(astronaut[10:, 10:])) == 1


def test_engines_of_the_same_weights_have_the_same_key(engine: Engine) -> None:
    assert Engine.load(Path(settings.MODEL_CACHE)).key == engine.key
    assert engine.key.startswith("dlib+sface-v1+")


def test_the_key_of_dlibs_engine_is_that_of_release_0_1() -> None:
    assert DLIB.key == "dlib-resnet-v1+5pt+b590f3eb"


def test_an_engine_that_is_not_offered_is_refused(engine: Engine) -> None:
    with pytest.raises(WrongEncoder, match="no engine another"):
        engine.of_key("another")


def test_dlibs_engine_does_not_open_sface() -> None:
    dlib = Engine.load(Path(settings.MODEL_CACHE), DLIB)
    assert not {"sface", "mmod"} & set(vars(dlib.networks))
    assert "sface" in vars(dlib.of_key(FUSED.key).networks)


def test_an_engine_opens_networks_when_they_are_needed_and_closes_them_at_rest(obama: Image, engine: Engine) -> None:
    resting = Engine.resting(Path(settings.MODEL_CACHE))
    opened = {"yunet", "landmarks", "encoder", "sface"}
    assert not opened & set(vars(resting.networks))
    assert resting.find(np.zeros_like(obama)) == []
    assert opened & set(vars(resting.networks)) == {"yunet"}
    faces = resting.detect(obama)
    first = resting.encode(obama, faces)
    assert opened <= set(vars(resting.networks))
    resting.rest()
    assert opened & set(vars(resting.networks)) == {"yunet"}
    assert np.array_equal(resting.encode(obama, faces), first)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in /proc")
def test_an_engine_at_rest_gives_its_memory_back(obama: Image, engine: Engine) -> None:
    resting = Engine.resting(Path(settings.MODEL_CACHE))
    resting.encode(obama, resting.detect(obama))
    open_mb = resident_mb()
    resting.rest()
    assert resident_mb() < open_mb - 60


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
