"""Which of a person's photos seem to show somebody else, whatever the order in which they came."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from people.recognition.engine.distances import DLIB
from people.recognition.gallery.own_photos import MOST_GROUPED, OwnLimits, doubts
from tests.people.conftest import near, unit_vector

ADA, BOB = unit_vector(1), unit_vector(2)
LIMITS = OwnLimits.of(DLIB)


def moments(of: Any, count: int, seed: int = 10) -> list[Any]:
    """Photos of one person: each 0.15 from the person's middle, about 0.21 from each other."""
    return [near(of, 0.15, seed=seed + n) for n in range(count)]


def odd(vectors: list[Any], confirmed: set[int] = frozenset()) -> list[int]:  # type: ignore[assignment]
    flags = [row in confirmed for row in range(len(vectors))]
    return sorted(doubt.row for doubt in doubts(np.array(vectors, np.float32), flags, LIMITS))


def test_photos_of_one_person_are_not_doubted() -> None:
    for count in range(6):
        assert odd(moments(ADA, count)) == []


def test_one_of_somebody_else_is_doubted_in_whatever_order_they_came() -> None:
    photos = [*moments(ADA, 3), BOB]
    for order in permutations(range(4)):
        assert odd([photos[n] for n in order]) == [order.index(3)]


def test_of_two_that_differ_the_newer_is_doubted_and_names_the_other() -> None:
    (doubt,) = doubts(np.array([ADA, BOB]), [False, False], LIMITS)
    assert (doubt.row, doubt.only_other) == (1, 0)
    assert doubt.distance == pytest.approx(np.linalg.norm(ADA - BOB), abs=1e-5)


def test_a_third_tells_which_of_the_two_was_wrong() -> None:
    (doubt,) = doubts(np.array([BOB, *moments(ADA, 2)]), [False] * 3, LIMITS)
    assert (doubt.row, doubt.only_other) == (0, None)


def test_photos_of_as_many_people_all_differ_from_the_oldest() -> None:
    found = doubts(np.array([unit_vector(seed) for seed in range(3)]), [False] * 3, LIMITS)
    assert [(doubt.row, doubt.only_other) for doubt in found] == [(1, 0), (2, 0)]


def test_of_two_equal_halves_the_one_with_the_oldest_stays() -> None:
    assert odd([*moments(BOB, 3, 30), *moments(ADA, 3)]) == [3, 4, 5]


def test_confirmed_photos_and_those_that_agree_with_them_are_not_doubted() -> None:
    photos = [*moments(ADA, 3), *moments(BOB, 2, 30)]
    assert odd(photos) == [3, 4]
    assert odd(photos, confirmed={0, 1, 2, 3}) == []
    assert odd(photos, confirmed={3}) == [0, 1, 2], "what somebody said counts more than what most look like"


def test_of_two_the_one_that_nobody_confirmed_is_doubted() -> None:
    assert odd([ADA, BOB], confirmed={1}) == [0]
    assert odd([ADA, BOB], confirmed={0, 1}) == []


@pytest.mark.parametrize(("apart", "found"), [(LIMITS.pair - 0.01, []), (LIMITS.pair + 0.01, [1])])
def test_two_photos_may_be_as_far_apart_as_the_pair_limit(apart: float, found: list[int]) -> None:
    assert odd([ADA, near(ADA, apart)]) == found


def test_hundreds_of_photos_are_judged_too() -> None:
    photos = [*moments(ADA, MOST_GROUPED + 20), BOB]
    assert odd(photos) == [MOST_GROUPED + 20]
    assert odd([BOB, *photos[:-1]]) == [0]
