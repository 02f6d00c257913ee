"""Every pair of many photos."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from people.recognition.evaluation.all_pairs import all_pairs
from people.recognition.evaluation.protocols import Encoded, verify


def crowd(people: int, photos: int, spread: float = 0.9) -> tuple[list[str], np.ndarray]:
    """Unit vectors that lie around one of each person."""
    random = np.random.default_rng(0)
    centres = np.repeat(random.normal(size=(people, 128)), photos, axis=0)
    vectors = centres + spread * random.normal(size=centres.shape)
    names = [f"p{number}" for number in range(people) for _ in range(photos)]
    return names, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_figures_are_those_of_the_pairs_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.recognition.evaluation.all_pairs.BLOCK", 32)
    names, rows = crowd(people=25, photos=4, spread=1.6)
    vectors: list[Encoded] = list(rows)
    vectors[3] = vectors[70] = None
    pairs = [
        (vectors[one], vectors[other], names[one] == names[other])
        for one in range(len(names))
        for other in range(one + 1, len(names))
    ]
    found, expected = all_pairs(names, vectors), verify(pairs, 1.0)
    assert found.fnmr_at_fmr == pytest.approx(expected.fnmr_at_fmr)
    assert 0 < found.fnmr_at_fmr["0.01"] < found.fnmr_at_fmr["0.001"] < found.fnmr_at_fmr["0.0001"] < 1
    assert (found.photos, found.missed_photos, found.people) == (100, 2, 25)
    assert found.same_pairs + found.other_pairs == len(pairs) == expected.pairs
    assert found.false_matches == {rate: int(float(rate) * found.other_pairs) for rate in found.false_matches}


def test_a_threshold_is_where_the_next_pair_of_two_people_would_be_accepted() -> None:
    places = [0.0, 0.1, 0.3, 0.35, 0.9]
    found = all_pairs(list("aabcd"), [np.array([place, 0.0]) for place in places])
    assert found.thresholds["0.0001"] == pytest.approx(0.05)  # b and c
    assert (found.refused["0.0001"], found.false_matches["0.0001"]) == (1, 0)


def test_a_photo_without_a_face_is_refused_with_all_its_own() -> None:
    found = all_pairs(["a", "a", "a", "b"], [np.zeros(2), np.zeros(2), None, np.ones(2)])
    assert (found.same_pairs, found.refused["0.001"]) == (3, 2)


def test_one_person_alone_or_nobody_gives_zeros_and_no_error() -> None:
    assert all_pairs(["a", "a"], [np.zeros(2), np.zeros(2)]).refused["0.01"] == 0
    assert all_pairs([], []).fnmr_at_fmr == {"0.01": 0, "0.001": 0, "0.0001": 0}


def test_one_and_a_half_million_pairs_take_seconds_and_little_memory() -> None:
    names, rows = crowd(people=425, photos=4)
    tracemalloc.start()
    began = time.perf_counter()
    found = all_pairs(names, list(rows))
    took_s, (_now, most) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.same_pairs + found.other_pairs == 1_444_150
    assert took_s < 30  # 0.6 s on a quiet core
    assert most < 60_000_000
