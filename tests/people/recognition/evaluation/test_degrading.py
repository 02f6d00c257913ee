"""Pictures as cameras give them, made of good ones."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.evaluation.degraded import found_again
from people.recognition.evaluation.degrading import Degradation, _defocused, degradations
from people.recognition.evaluation.methods import Ours
from people.recognition.types import Box, Image

FACE = Box(300, 200, 500, 420)


@pytest.fixture
def photo() -> Image:
    """Noise in which every pixel differs, with a bright face."""
    image = np.random.default_rng(1).integers(60, 120, (600, 800, 3), np.uint8)
    image[FACE.top : FACE.bottom, FACE.left : FACE.right] += 80
    return image


def test_names_are_read_in_their_order_and_any_width_may_be_asked_for() -> None:
    small, soft, dark = degradations("17px, blur,dark")
    assert (small.name, small.face_px, small.defocus, small.light) == ("17px", 17, 0, 1)
    assert soft.defocus > 0 and soft.face_px == dark.face_px == 100
    assert dark.light < 1 and dark.noise > 0


@pytest.mark.parametrize("names", ["", "35", "px", "7px", "401px", "blur,,dark", "fog", "-35px", "35 px"])
def test_a_name_that_means_nothing_is_refused_with_those_that_do(names: str) -> None:
    with pytest.raises(ValueError, match="expected blur, dark, or 8px to 400px"):
        degradations(names)


@pytest.mark.parametrize("px", [22, 35, 100])
def test_the_face_becomes_so_wide_and_keeps_two_widths_around_it(photo: Image, px: int) -> None:
    picture = Degradation("small", face_px=px).of(photo, FACE)
    assert picture.box.width == pytest.approx(px, abs=1)
    assert picture.box.height == pytest.approx(1.1 * px, abs=1)
    height, width = picture.image.shape[:2]
    assert (width, height) == (pytest.approx(5 * px, abs=1), pytest.approx(5.1 * px, abs=1))
    face = picture.image[picture.box.top : picture.box.bottom, picture.box.left : picture.box.right]
    assert face.mean() == pytest.approx(170, abs=6)


def test_a_smaller_face_stays_as_small_as_it_is(photo: Image) -> None:
    assert Degradation("small", face_px=400).of(photo, FACE).box.width == FACE.width


def test_a_face_at_the_edge_of_its_photo_is_in_the_middle_of_the_picture_all_the_same(photo: Image) -> None:
    picture = Degradation("small", face_px=50).of(photo, Box(0, 0, 100, 100))
    assert picture.image.shape == (250, 250, 3)
    assert picture.box == Box(100, 100, 150, 150)


def test_defocus_takes_detail_and_leaves_the_light(photo: Image) -> None:
    sharp, soft = Degradation("a").of(photo, FACE).image, Degradation("b", defocus=0.06).of(photo, FACE).image
    assert np.abs(np.diff(soft.astype(int), axis=1)).mean() < 0.5 * np.abs(np.diff(sharp.astype(int), axis=1)).mean()
    assert soft.mean() == pytest.approx(sharp.mean(), abs=1)


def test_defocus_spreads_a_point_evenly_over_a_disc_of_that_radius() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    image[25, 25] = 255
    soft = _defocused(image, 6.0)[..., 1]
    rows, columns = np.nonzero(soft > 1)
    assert 5.5 <= np.hypot(rows - 25, columns - 25).max() <= 6.5
    assert len(rows) == pytest.approx(np.pi * 6**2, rel=0.1)


def test_the_dark_has_less_light_and_more_noise_and_is_always_the_same() -> None:
    image = np.full((500, 500, 3), 160, np.uint8)
    dark = Degradation("c", light=0.25, noise=5)
    picture = dark.of(image, Box(200, 200, 300, 300)).image
    assert picture.mean() == pytest.approx(40, abs=1)
    assert 2 < picture.std() < 6  # JPEG smooths some of it
    assert np.array_equal(picture, dark.of(image, Box(200, 200, 300, 300)).image)


def test_the_face_that_was_degraded_is_found_again_and_no_other(engine: Engine, astronaut: Image) -> None:
    ours = Ours(engine)
    face = ours.face(astronaut)
    assert face is not None
    picture = Degradation("35px", face_px=35).of(astronaut, face.box)
    found = found_again(ours, picture)
    assert found is not None and found.box.width == pytest.approx(35, rel=0.35)
    elsewhere = type(picture)(picture.image, Box(0, 0, 35, 35))
    assert found_again(ours, elsewhere) is None
