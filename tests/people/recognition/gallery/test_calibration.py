"""Calibration on galleries whose distances are known beforehand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from people.recognition.engine.distances import DLIB
from people.recognition.gallery import measuring
from people.recognition.gallery.calibration import Calibration, of_comparison, of_gallery
from people.recognition.gallery.histogram import Histogram
from tests.people.conftest import near, unit_vector

calibrate = partial(measuring.calibrate, distances=DLIB, within=DLIB.thresholds.review)


def crowd(people: int, photos: int = 3, spread: float = 0.2) -> tuple[list[str], np.ndarray]:
    """`photos` of each of `people`, `spread` from their middle; people are about 1.4 apart."""
    names, rows = [], []
    for person in range(people):
        middle = unit_vector(person)
        for photo in range(photos):
            names.append(f"p{person}")
            rows.append(near(middle, spread, seed=1000 + person * 10 + photo))
    return names, np.array(rows, np.float32)


def with_impostors(distances: np.ndarray, people: int) -> Calibration:
    """A calibration whose impostor distances are given."""
    impostor = Histogram.empty().plus(np.asarray(distances, np.float32))
    return Calibration(people, people * 3, people * 3, Histogram.empty(), impostor, ())


def test_rates_of_a_comparison_and_of_a_gallery_are_two_sides_of_one_thing() -> None:
    assert of_gallery(1e-6, 1000) == pytest.approx(1 - (1 - 1e-6) ** 1000)
    assert of_gallery(of_comparison(0.001, 5000), 5000) == pytest.approx(0.001)
    assert of_gallery(1.0, 10) == pytest.approx(1.0)


def test_a_photo_is_compared_with_its_person_without_itself_and_with_everybody_else() -> None:
    people, vectors = crowd(4)
    found = calibrate(people, vectors)
    assert (found.people, found.photos) == (4, 12)
    assert found.genuine.count == 12
    assert found.impostor.count == 12 * 3
    other_two = vectors[1] + vectors[2]
    other_two /= np.linalg.norm(other_two)
    assert found.genuine.mean == pytest.approx(float(np.linalg.norm(vectors[0] - other_two)), abs=0.02)


def test_a_person_with_one_photo_says_nothing_about_the_person() -> None:
    people, vectors = crowd(3, photos=1)
    assert calibrate(people, vectors).genuine.count == 0


def test_an_empty_gallery_suggests_nothing() -> None:
    found = calibrate([], np.empty((0, 128), np.float32))
    assert found.suggest(0.001) is None
    assert found.false_match_rate(0.4) is None
    assert (found.genuine.largest, found.impostor.smallest) == (None, None)


def test_nine_people_are_too_few_for_a_suggestion() -> None:
    assert calibrate(*crowd(9)).suggest(0.01) is None
    assert calibrate(*crowd(10)).suggest(0.01) is not None


def test_the_suggestion_is_read_off_where_errors_can_be_counted() -> None:
    distances = np.linspace(0.2, 1.2, 1_000_000)
    found = with_impostors(distances, people=10)
    suggestion = found.suggest(0.1)
    assert suggestion is not None
    assert suggestion.measured
    # 1 - (1 - f)^10 = 0.1 is f = 1.05 %: the 1.05 % smallest end at 0.2105.
    assert suggestion.match == pytest.approx(0.210, abs=0.001)
    assert (found.false_match_rate(suggestion.match) or 1) <= 0.1


def test_the_suggestion_is_extrapolated_where_they_cannot() -> None:
    distances = np.random.default_rng(1).normal(0.56, 0.06, 1300)
    suggestion = with_impostors(distances, people=17).suggest(0.001)
    assert suggestion is not None
    assert not suggestion.measured
    # z of 5.9e-5 is -3.85
    assert suggestion.match == pytest.approx(0.56 - 3.85 * 0.06, abs=0.02)


def test_a_bigger_gallery_needs_a_tighter_threshold() -> None:
    distances = np.random.default_rng(1).normal(0.56, 0.06, 5000)
    matches = [with_impostors(distances, people).suggest(0.001) for people in (10, 100, 10_000)]
    values = [suggestion.match for suggestion in matches if suggestion]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 3


def test_the_suggestion_is_never_looser_than_dlibs_own() -> None:
    suggestion = calibrate(*crowd(12)).suggest(0.01)
    assert suggestion is not None
    assert (suggestion.match, suggestion.capped) == (DLIB.loosest, True)


@pytest.mark.parametrize("wanted", [0, 1, -0.1, 2])
def test_a_rate_that_is_none_is_refused(wanted: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrate(*crowd(2)).suggest(wanted)


def test_twins_are_found_once_and_nearest_first() -> None:
    people, vectors = crowd(4)
    twin, cousin = near(unit_vector(0), 0.1), near(unit_vector(1), 0.25)
    found = calibrate([*people, "twin", "cousin"], np.vstack([vectors, twin, cousin]), within=0.39)
    assert [{pair.one, pair.other} for pair in found.close] == [{"p0", "twin"}, {"p1", "cousin"}]
    assert found.close[0].distance < found.close[1].distance


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    people, vectors = crowd(7)
    vectors[3] = near(vectors[0], 0.05)
    whole = calibrate(people, vectors, within=1.35)
    monkeypatch.setattr("people.recognition.gallery.measuring.BLOCK", 3)
    parts = calibrate(people, vectors, within=1.35)
    assert (parts.impostor.counts == whole.impostor.counts).all()
    assert [(pair.one, pair.other) for pair in parts.close] == [(pair.one, pair.other) for pair in whole.close]
    # A processor may add up a smaller block in another order.
    assert [pair.distance for pair in parts.close] == pytest.approx([pair.distance for pair in whole.close], abs=1e-6)


def test_a_very_large_gallery_is_sampled_and_says_so() -> None:
    people, vectors = crowd(20)
    found = calibrate(people, vectors, most_comparisons=60 * 5)
    assert found.compared == 15
    assert found.impostor.count == 15 * 19
    assert found.genuine.count == 60


def test_sampling_finds_each_close_pair_at_most_once() -> None:
    people, vectors = crowd(20, spread=0.01)
    vectors[:] = near(unit_vector(1), 0.1)
    found = calibrate(people, vectors, within=0.39, most_comparisons=100)
    pairs = [frozenset((pair.one, pair.other)) for pair in found.close]
    assert len(pairs) == len(set(pairs)) > 0


def test_somebody_enrolled_twice_is_told_and_is_no_impostor() -> None:
    people, vectors = crowd(5)
    again = np.array([near(unit_vector(0), 0.15, seed=900 + number) for number in range(3)], np.float32)
    once = calibrate(people, vectors)
    twice = calibrate([*people, *["again"] * 3], np.vstack([vectors, again]))
    assert {twice.close[0].one, twice.close[0].other} == {"p0", "again"}
    assert twice.impostor.smallest == pytest.approx(once.impostor.smallest, abs=0.1)
    assert twice.impostor.count == 18 * 5 - 6
    strict = calibrate([*people, *["again"] * 3], np.vstack([vectors, again]), within=0.12)
    assert strict.impostor.count == twice.impostor.count
