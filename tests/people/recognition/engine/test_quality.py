"""Size, sharpness, exposure and pose fall where a face is taken worse."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.engine.quality import exposure, frontality, nose_position, pose, quality, sharpness, size
from people.recognition.types import Box, Face, Image, Points, Quality


@pytest.fixture(scope="module")
def face(engine: Engine, obama: Image) -> Face:
    return engine.detect(obama)[0]


def looking(aside: float, drop: float = 0.76) -> Points:
    """Points of a face 100 px between the eyes, its nose moved."""
    return np.array([[120, 50], [80, 50], [-20, 50], [20, 50], [50 + 100 * aside, 50 + 100 * drop]], np.float32)


def test_a_good_portrait_is_good_in_every_part(face: Face) -> None:
    assert face.quality.overall > 0.9


def test_the_weakest_part_decides() -> None:
    assert Quality(size=1, sharpness=0.2, exposure=0.9, pose=1).overall == 0.2


@pytest.mark.parametrize(("width", "score"), [(10, 0), (20, 0), (60, 0.5), (100, 1), (400, 1)])
def test_size_grows_to_what_the_encoder_sees(width: int, score: float) -> None:
    assert size(Box(0, 0, width, width)) == score


def test_blur_lowers_sharpness_step_by_step(obama: Image, face: Face) -> None:
    def score(sigma_px: float) -> float:
        blurred = np.asarray(cv2.GaussianBlur(obama, (0, 0), sigma_px), np.uint8)
        return quality(blurred, face.box, face.landmarks).sharpness

    fine, soft, blurred, gone = (score(face.box.width * share) for share in (0.005, 0.015, 0.03, 0.06))
    assert fine > soft > blurred > gone
    assert soft > 0.4 > blurred


def test_darkness_and_glare_lower_exposure() -> None:
    texture = np.random.default_rng(0).normal(0, 25, (90, 90))

    def at(mean: float) -> float:
        return exposure(np.clip(texture + mean, 0, 255).astype(np.uint8))

    assert at(130) == at(160) == 1
    assert at(20) < 0.2
    assert at(40) < 0.5
    assert at(250) < 0.25
    assert exposure(np.full((90, 90), 130, np.uint8)) == 0


def test_turning_away_lowers_pose() -> None:
    assert pose(looking(0)) == pose(looking(0.1)) == 1
    assert pose(looking(0.25)) == pytest.approx(0.5, abs=0.01)
    assert pose(looking(0.4)) == pose(looking(-0.4)) == 0
    assert pose(looking(0, drop=0.3)) < 0.5
    assert pose(looking(0, drop=1.3)) == 0


def test_a_tilted_head_is_not_turned_away() -> None:
    angle = np.radians(25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    assert nose_position((looking(0.05) @ turn).astype(np.float32)) == pytest.approx((0.05, 0.76), abs=1e-5)


def test_a_box_outside_the_image_is_worth_nothing(obama: Image) -> None:
    assert quality(obama, Box(9000, 9000, 9100, 9100), looking(0)).overall == 0
    assert sharpness(np.zeros((2, 50), np.uint8)) == 0


def found(eyes_apart: float) -> Points:
    """YuNet's points of a face with 40 px from eyes to mouth."""
    half = eyes_apart / 2
    return np.array([[50 - half, 30], [50 + half, 30], [50, 50], [40, 70], [60, 70]], np.float32)


@pytest.mark.parametrize(("eyes_apart", "expected"), [(40, 1.0), (26, 1.0), (22, 0.5), (18, 0.0), (10, 0.0)])
def test_eyes_that_lie_near_each_other_are_a_profile(eyes_apart: float, expected: float) -> None:
    assert frontality(found(eyes_apart)) == pytest.approx(expected, abs=0.01)


def test_a_profile_by_yunets_points_is_poor_whatever_dlibs_landmarks_say(obama: Image, face: Face) -> None:
    assert quality(obama, face.box, face.landmarks, found(40)).pose == face.quality.pose
    assert quality(obama, face.box, face.landmarks, found(14)).overall == 0
