"""What a person's photos are worth, and which advice follows."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.gallery.coverage import Coverage, coverage
from tests.people.conftest import near, unit_vector

MATCH = 0.34


def photos(number: int, apart: float = 0.25, quality: float = 0.9) -> Coverage:
    """Photos that lie about `apart` from each other."""
    middle = unit_vector(1)
    rows = [near(middle, apart / np.sqrt(2), seed=100 + photo) for photo in range(number)]
    return coverage(np.array(rows, np.float32).reshape(-1, len(middle)), [quality] * number, match=MATCH, alike=0.14)


def test_more_good_photos_cover_better() -> None:
    percents = [photos(number).percent for number in range(7)]
    assert percents == [0, 30, 60, 80, 90, 100, 100]


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        (photos(0), "not recognised"),
        (photos(1), "two more"),
        (photos(2), "another good photo"),
        (photos(4, apart=0.08), "look alike"),
        (photos(3, quality=0.3), "poor"),
        (photos(4), "Well covered"),
    ],
)
def test_the_advice_names_what_is_missing(found: Coverage, advice: str) -> None:
    assert advice in found.advice


def test_photos_that_look_alike_are_worth_half_however_many() -> None:
    assert photos(8, apart=0.08).percent == 50
    assert photos(8, apart=0.08).spread == pytest.approx(0.08, abs=0.01)


def test_a_photo_of_somebody_else_among_them_is_found() -> None:
    middle = unit_vector(1)
    rows = [near(middle, 0.15, seed=seed) for seed in (100, 101, 102)]
    rows.insert(1, near(middle, 0.6, seed=103))
    found = coverage(np.array(rows, np.float32), [0.9] * 4, match=MATCH, alike=0.14)
    assert found.odd == 1
    assert "unlike the others" in found.advice
    assert found.percent == 40


def test_of_two_photos_nobody_can_say_which_is_the_odd_one() -> None:
    rows = np.array([unit_vector(1), unit_vector(2)], np.float32)
    assert coverage(rows, [0.9, 0.9], match=MATCH, alike=0.14).odd is None
