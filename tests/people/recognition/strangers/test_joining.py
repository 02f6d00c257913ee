"""Sightings are joined into strangers: purely first, then wholly, and in any order alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from people.recognition.engine.distances import DLIB, FUSED
from people.recognition.strangers.b_cubed import b_cubed
from people.recognition.strangers.crowd import GONE, Crowd, joined_mean
from people.recognition.strangers.joining import Joint, apart, join_all, joints_of, near_limit, nearest, second_looks
from people.recognition.types import Matrix
from tests.people.conftest import near, unit_vector

LIMITS = DLIB.stranger


def _sightings(people: int, each: int, apart: float) -> tuple[list[int], Matrix]:
    """Returns people and sightings; each sighting lies `apart` from the middle of its person."""
    owners = [person for person in range(people) for _ in range(each)]
    vectors = [near(unit_vector(person), apart, seed=1000 + n) for n, person in enumerate(owners)]
    return owners, np.array(vectors, np.float32)


def _orders(number: int) -> Iterator[list[int]]:
    for seed in range(3):
        yield np.random.default_rng(seed).permutation(number).tolist()


def test_people_who_come_often_are_one_stranger_each() -> None:
    owners, vectors = _sightings(people=20, each=5, apart=0.15)
    for order in _orders(len(owners)):
        found = b_cubed(owners, join_all(vectors, order, LIMITS))
        assert (found.precision, found.recall, found.strangers) == (1, 1, 20)


def test_people_who_came_once_stay_by_themselves() -> None:
    _owners, vectors = _sightings(people=80, each=1, apart=0.15)
    assert len(set(join_all(vectors, range(80), LIMITS))) == 80


def test_a_look_that_is_not_sure_waits_for_the_second_one() -> None:
    vectors = np.array([unit_vector(1), near(unit_vector(1), 0.34)], np.float32)
    crowd = Crowd.with_room(2, vectors.shape[1])
    crowd.add(vectors[0])
    assert nearest(crowd, vectors[1], LIMITS.sure) is None
    crowd.add(vectors[1])
    assert [(joint.row, joint.into) for [joint] in second_looks(crowd, LIMITS)] == [(0, 1)]
    assert crowd.weights.tolist() == [0, 2]


def test_a_second_look_joins_the_nearest_first() -> None:
    joints = [Joint(-0.1, 2, 1), Joint(-0.5, 0, 1)]
    assert apart(sorted(joints)) == [Joint(-0.5, 0, 1)]


def test_nobody_is_joined_twice_in_one_round() -> None:
    assert apart([Joint(-2, 0, 1), Joint(-1, 1, 0), Joint(-0.5, 2, 3)]) == [Joint(-2, 0, 1), Joint(-0.5, 2, 3)]


def test_strangers_seen_twice_are_left_to_people() -> None:
    vectors = np.array([unit_vector(1), near(unit_vector(1), 0.32)], np.float32)
    crowd = Crowd.of(vectors, np.array([2, 2]))
    assert not list(second_looks(crowd, LIMITS))


def test_among_many_the_limit_is_narrower_than_among_few() -> None:
    assert near_limit(17, LIMITS) == near_limit(100, LIMITS) == pytest.approx(0.36)
    assert near_limit(800, LIMITS) == near_limit(100_000, LIMITS) == pytest.approx(0.31)
    assert 0.31 < near_limit(300, LIMITS) < 0.36
    assert near_limit(17, FUSED.stranger) == near_limit(5_000, FUSED.stranger) == 0.62


def test_faces_that_are_near_by_chance_are_not_joined_once_there_is_a_crowd() -> None:
    everybody = np.tile(unit_vector(5), (300, 1))
    everybody[:, :24] += np.random.default_rng(1).normal(size=(300, 24)) * 0.1
    everybody /= np.linalg.norm(everybody, axis=1, keepdims=True)
    crowd = Crowd.of(everybody, np.ones(300, np.int64))
    other = int(crowd.from_each_other(np.array([0]))[0].argmin())
    assert not joints_of(crowd, np.array([0]), LIMITS)
    two_alone = Crowd.of(everybody[[0, other]], np.ones(2, np.int64))
    assert [joint.into for joint in joints_of(two_alone, np.array([0]), LIMITS)] == [1]


def test_one_who_was_joined_is_nobodys_neighbour() -> None:
    crowd = Crowd.of(np.array([unit_vector(1), near(unit_vector(1), 0.1)], np.float32), np.array([1, 1]))
    crowd.join(0, 1)
    assert crowd.living == 1
    assert crowd.distances(unit_vector(1)[None])[0, 0] == GONE


def test_nobody_is_near_to_anybody_in_an_empty_crowd() -> None:
    assert nearest(Crowd.with_room(1, 128), unit_vector(1), 2.0) is None


def test_a_joined_mean_weighs_by_sightings() -> None:
    one, other = unit_vector(1), unit_vector(2)
    mean = joined_mean(one, 3, other, 1)
    assert np.linalg.norm(mean) == pytest.approx(1)
    assert np.linalg.norm(mean - one) < np.linalg.norm(mean - other)
