"""Which way up a photo is."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.pictures.decoded import Decoded
from people.recognition.reading.turned import turned, turned_picture, upright_turn
from people.recognition.types import Image

LYING = np.zeros((20, 30, 3), np.uint8)
LYING[0, 0] = 255


def seen_at(*corners: tuple[int, int]) -> object:
    """A detector that is sure of a face in images whose white pixel is in one of these corners."""
    return lambda image: max(1.0 if image[corner].all() else 0.0 for corner in corners)


@pytest.mark.parametrize(("corner", "degrees"), [((0, -1), 90), ((-1, -1), 180), ((-1, 0), 270)])
def test_the_turn_that_shows_a_face_is_upright(corner: tuple[int, int], degrees: int) -> None:
    assert upright_turn(LYING, seen_at(corner), 0.6) == degrees  # type: ignore[arg-type]


def test_without_a_face_in_any_turn_nothing_is_turned() -> None:
    assert upright_turn(LYING, lambda image: 0.59, 0.6) == 0


def test_the_turn_with_the_surest_face_is_upright() -> None:
    scores = iter((0.78, 0.95, 0.83))
    assert upright_turn(LYING, lambda image: next(scores), 0.9) == 180


def test_a_turn_that_is_hardly_surer_changes_nothing() -> None:
    assert upright_turn(LYING, lambda image: 0.91, 0.9) == 0


def test_large_photos_are_looked_at_small() -> None:
    sizes: list[tuple[int, ...]] = []

    def look(image: Image) -> float:
        sizes.append(image.shape[:2])
        return 0.0

    upright_turn(np.zeros((1000, 4096, 3), np.uint8), look, 0.6)
    assert sizes == [(640, 156), (156, 640), (640, 156)]


def test_a_picture_that_is_decoded_small_is_turned_with_its_full_size() -> None:
    upright = turned_picture(Decoded(LYING, 60, 40), 90)
    assert (upright.image.shape, upright.width_px, upright.height_px) == ((30, 20, 3), 40, 60)
    assert upright.scale == 2
    assert np.array_equal(turned(upright.image, 270), LYING)
