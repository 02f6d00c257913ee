"""The gate before detection."""

import cv2
import numpy as np
import pytest

from people.recognition.types import Box, Image
from streams.pipeline.analysis.motion import CELL_PX, MotionGate, _cells
from tests.streams.pipeline.fakes import ANNA, HEIGHT, WIDTH, picture, square

WHOLE = Box(0, 0, WIDTH, HEIGHT)


def test_a_still_picture_moves_only_once() -> None:
    gate, image = MotionGate(), picture((ANNA, square(100)))
    assert gate.look(image).within(WHOLE)
    gate.seen(WHOLE)
    assert not gate.look(image).within(WHOLE)


def test_sensor_noise_is_not_motion() -> None:
    gate, random = MotionGate(), np.random.default_rng(1)
    for number in range(10):
        noisy = np.clip(random.normal(120, 12, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
        motion = gate.look(noisy)
        gate.seen(WHOLE)
        assert number == 0 or not motion.within(WHOLE)


def test_a_face_that_appears_is_motion_where_it_is() -> None:
    gate, box = MotionGate(), square(320)
    gate.look(picture())
    gate.seen(WHOLE)
    motion = gate.look(picture((ANNA, box)))
    assert motion.within(box)
    assert not motion.within(Box(0, 0, 200, HEIGHT))
    (place,) = motion.outside([], 40)
    assert place.left <= box.left - 32
    assert place.right >= box.right + 32
    assert motion.outside([Box(300, 80, 440, 220)], 40) == []


def test_slow_changes_add_up() -> None:
    gate = MotionGate()
    gate.look(np.full((HEIGHT, WIDTH, 3), 100, np.uint8))
    gate.seen(WHOLE)
    moved = [gate.look(np.full((HEIGHT, WIDTH, 3), 100 + step, np.uint8)).within(WHOLE) for step in range(1, 11)]
    assert moved[0] is False
    assert moved[-1] is True


def grey(level: int) -> Image:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def test_a_cut_is_what_changes_from_one_frame_to_the_next_and_only_once() -> None:
    gate = MotionGate()
    gate.look(grey(100))
    assert [gate.look(grey(level)).is_cut() for level in (100, 160, 160)] == [False, True, False]


def test_slow_changes_that_nobody_looked_at_are_motion_but_no_cut() -> None:
    gate = MotionGate()
    gate.look(grey(100))
    gate.seen(WHOLE)
    dusk = [gate.look(grey(level)) for level in range(99, 60, -1)]
    assert dusk[-1].cells.all()
    assert not any(motion.is_cut() for motion in dusk)


def test_a_face_that_walks_through_an_unseen_picture_is_no_cut() -> None:
    gate, random = MotionGate(), np.random.default_rng(1)
    gate.look(picture())
    crowd = cv2.resize(random.integers(0, 255, (12, 16, 3), np.uint8), (WIDTH, HEIGHT))
    assert gate.look(crowd).is_cut()
    crowd[100:200, 300:400] = 250
    assert not gate.look(crowd).is_cut()


def test_what_was_not_looked_at_stays_to_be_seen() -> None:
    gate, box = MotionGate(), square(320)
    gate.look(picture())
    gate.seen(WHOLE)
    gate.look(picture((ANNA, box)))
    gate.seen(Box(0, 0, 200, HEIGHT))
    assert gate.look(picture((ANNA, box))).within(box)


def test_another_resolution_is_all_motion() -> None:
    gate = MotionGate()
    gate.look(picture())
    gate.seen(WHOLE)
    motion = gate.look(np.zeros((240, 320, 3), np.uint8))
    assert motion.within(Box(0, 0, 320, 240))
    assert motion.is_cut()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (854, 480), (641, 359), (6, 4)])
def test_cells_are_the_means_of_their_pixels_at_any_size(width: int, height: int) -> None:
    image = cv2.blur(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8), (5, 5))
    size = max(1, width // CELL_PX), max(1, height // CELL_PX)
    at_once = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    assert np.abs(_cells(image) - at_once.astype(int)).max() <= 3
