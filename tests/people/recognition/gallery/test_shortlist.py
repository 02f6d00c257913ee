"""The shortlist misses nobody, whichever rows came and went."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from people.recognition.engine.kinds import OFFERED
from people.recognition.gallery.shortlist import Shortlist, widest_axes
from tests.people.conftest import near, unit_vector

WIDTH = OFFERED[0].width


def crowd(count: int) -> Any:
    vectors = np.random.default_rng(3).standard_normal((count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("axes", [np.eye(WIDTH, dtype=np.float32), widest_axes(crowd(2000))])
@pytest.mark.parametrize("distance", [0.05, 0.31, 1.2, 1.35])
def test_everybody_within_the_distance_is_found(axes: Any, distance: float) -> None:
    vectors = crowd(500)
    found = Shortlist.of(axes, list(range(500)), vectors)
    for probe in (vectors[7], unit_vector(5), near(vectors[9], distance - 1e-4)):
        truly = set(np.flatnonzero(np.linalg.norm(vectors - probe, axis=1) <= distance))
        assert truly <= set(found.within(probe, distance))


def test_few_strangers_are_found() -> None:
    vectors = crowd(2000)
    found = Shortlist.of(widest_axes(vectors), list(range(2000)), vectors)
    assert len(found.within(near(vectors[3], 0.2), 0.31)) < 20


def test_rows_are_added_replaced_and_dropped_one_by_one() -> None:
    vectors = crowd(600)
    one_by_one: Shortlist[int] = Shortlist(widest_axes(vectors))
    for key in range(600):
        one_by_one.put(key, vectors[key])
    for key in (0, 299, 599, 599, 7777):
        one_by_one.drop(key)
    one_by_one.put(5, vectors[0])
    assert len(one_by_one) == 597
    assert one_by_one.within(vectors[0], 0.01) == [5]
    assert one_by_one.within(vectors[598], 0.01) == [598]
    assert one_by_one.within(vectors[299], 0.01) == one_by_one.within(vectors[5], 0.01) == []


def test_nothing_is_near_in_an_empty_one() -> None:
    assert Shortlist(np.empty((0, 0), np.float32)).within(unit_vector(1), 2.0) == []
