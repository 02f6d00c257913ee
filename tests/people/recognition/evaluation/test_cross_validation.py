"""Accuracy on held-out people, on points whose distances are known."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.cross_validation import CANDIDATES, PhotoPairs, balanced_threshold, cross_validate
from people.recognition.evaluation.photos_per_person import photos_per_person


def crowd(number: int, spread: float = 0.1, photos: int = 4, seed: int = 1) -> tuple[list[str], np.ndarray]:
    """People about 0.6 apart, each with photos about `spread` from each other."""
    random = np.random.default_rng(seed)
    middles = random.normal(size=(number, 32)) * 0.6 / np.sqrt(64)
    noise = random.normal(size=(number * photos, 32)) * spread / np.sqrt(64)
    return [f"person {one}" for one in range(number) for _photo in range(photos)], middles.repeat(photos, 0) + noise


def test_people_who_lie_apart_are_told_apart_by_a_threshold_chosen_on_others() -> None:
    found = cross_validate(PhotoPairs.of(*crowd(12)), folds=4, default=0.25)
    assert (found.people, found.same_pairs, found.other_pairs) == (12, 12 * 6, 66 * 16)
    assert found.accuracy == found.default_accuracy == 1
    assert found.interval == (1, 1)
    assert 0.12 < found.lowest <= found.threshold <= found.highest < 0.4


def test_pictures_of_one_photo_are_not_compared() -> None:
    vectors = np.arange(4.0)[:, None]
    pairs = PhotoPairs.of(["a", "a", "a", "b"], vectors, ["1", "1", "2", "3"])
    assert sorted(pairs.distances[pairs.same]) == [1, 2]
    assert sorted(pairs.distances[~pairs.same]) == [1, 2, 3]


def test_both_kinds_of_error_weigh_the_same_however_many_pairs_there_are() -> None:
    pairs = PhotoPairs.of(*crowd(12))
    assert pairs.same.mean() < 0.1
    nobody, everybody = (cross_validate(pairs, 4, default) for default in (0.0, 9.0))
    assert nobody.default_accuracy == everybody.default_accuracy == 0.5


def test_the_held_out_do_not_choose_their_own_threshold() -> None:
    """One person's photos lie far apart: only the others' threshold judges them, and it refuses them."""
    people, vectors = crowd(8)
    vectors[:4] = crowd(1, spread=0.55, seed=9)[1]
    pairs = PhotoPairs.of(people, vectors)
    found = cross_validate(pairs, 4, default=0.25)
    assert 0.85 < found.accuracy <= 1 - 1 / 16  # their pairs are an eighth of one kind
    low, high = found.interval
    assert low < found.accuracy - 0.03
    assert high > 0.99  # they are often not drawn at all


def test_the_threshold_lies_between_the_curves_where_both_errors_together_are_smallest() -> None:
    random = np.random.default_rng(3)
    same, others = random.normal(0.2, 0.06, 4000), random.normal(0.6, 0.06, 4000)
    ones = np.arange(8000)
    pairs = PhotoPairs(np.concatenate([same, others]), ones, np.where(ones < 4000, ones, 0))
    assert balanced_threshold(pairs, np.ones(8000, bool)) == pytest.approx(0.4, abs=0.01)
    assert CANDIDATES[0] < 0.2


@pytest.mark.parametrize("folds", [0, 1, 4])
def test_a_fold_without_two_people_is_refused(folds: int) -> None:
    with pytest.raises(TooFewPeople, match="expected 2 to 3 folds for 6 people"):
        cross_validate(PhotoPairs.of(*crowd(6)), folds, 0.3)


def test_people_with_one_photo_each_say_nothing_about_pairs() -> None:
    with pytest.raises(TooFewPeople, match="two photos"):
        cross_validate(PhotoPairs.of(*crowd(8, photos=1)), 2, 0.3)


def test_more_photos_bring_a_person_nearer_and_strangers_are_counted_by_a_curve() -> None:
    people, vectors = crowd(10, spread=0.3, photos=5)
    vectors += np.eye(32)[0]  # away from the origin: templates are of unit length
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = photos_per_person(people, vectors, match=0.2)
    assert [row["photos"] for row in rows] == [1, 2, 3, 4]
    means = [row["own"]["mean"] for row in rows]
    assert means == sorted(means, reverse=True)
    assert rows[0]["own_missed"] > rows[3]["own_missed"]
    assert 0 < rows[3]["stranger_named"] < 1
    assert photos_per_person(people, vectors, match=2)[0]["stranger_named"] == pytest.approx(1)
