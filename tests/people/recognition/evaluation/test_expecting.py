"""The model of a set that we do not have."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.expecting import Assumptions, OpenSet, expect
from tests.people.recognition.evaluation.test_all_pairs import crowd

SIZE = OpenSet(people=20, photos=2, probes=40, strangers=75)


def expected(match: float = 0.6, size: OpenSet = SIZE, **assumed: Any) -> dict[str, Any]:
    names, vectors = crowd(people=12, photos=5, spread=0.5)
    return expect(names, vectors, size, Assumptions(**{"sets": 2000, **assumed}), match)


def at(report: dict[str, Any], match: float) -> dict[str, Any]:
    (row,) = [row for row in report["rows"] if row["match"] == pytest.approx(match)]
    found: dict[str, Any] = row
    return found


def test_the_answer_is_always_the_same_and_says_what_it_assumes() -> None:
    report = expected(own_farther=1.25, others_wider=1.5)
    assert report == expected(own_farther=1.25, others_wider=1.5)
    assumed = report["assumed"]
    assert (assumed["own_farther"], assumed["others_wider"]) == (1.25, 1.5)
    assert (assumed["sets"], assumed["measured_people"]) == (2000, 12)
    assert report["wish"] == {"right": 38, "strangers_named": 1}


def test_without_factors_the_measured_distances_are_what_is_expected() -> None:
    plain, farther = (expected(own_farther=factor, others_wider=1.0)["assumed"] for factor in (1.0, 1.2))
    assert farther["own_mean"] == pytest.approx(1.2 * plain["own_mean"])
    names, vectors = crowd(people=12, photos=5, spread=0.5)
    pairs = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    strangers = pairs[np.array(names)[:, None] != np.array(names)[None]]
    assert plain["others"]["mean"] == pytest.approx(strangers.mean(), abs=0.03)


def test_a_wider_threshold_names_more_people_and_more_strangers() -> None:
    rows = expected(match=0.6, others_wider=6.0)["rows"]
    for name in ("right", "wrong", "strangers_named"):
        values = [row[name] for row in rows]
        assert values == sorted(values) and values[0] < values[-1], name


def test_people_who_lie_farther_are_missed_and_others_who_spread_wider_are_named() -> None:
    usual = at(expected(match=0.75), 0.75)
    assert at(expected(match=0.75, own_farther=1.5), 0.75)["right"] < usual["right"]
    wider = at(expected(match=0.75, others_wider=6.0), 0.75)
    assert wider["strangers_named"] > usual["strangers_named"]
    assert wider["right"] < usual["right"]


def test_the_number_of_named_strangers_is_that_of_a_normal_curve() -> None:
    report = expected(match=1.25, others_wider=1.0)
    curve = report["assumed"]["others"]
    row = at(report, 1.25)
    of_one = NormalDist(curve["mean"], curve["deviation"]).cdf(1.25)
    of_any = 1 - (1 - of_one) ** SIZE.people
    assert 0.01 < of_any == pytest.approx(row["strangers_named"] / SIZE.strangers, rel=0.05)


def test_people_without_a_photo_beyond_their_template_are_told_in_words() -> None:
    with pytest.raises(TooFewPeople, match="more than 5 photos"):
        expected(size=OpenSet(20, 5, 40, 75))


@pytest.mark.parametrize("size", [(1, 1, 1, 1), (2, 0, 1, 1), (2, 1, 0, 1), (2, 1, 1, 0)])
def test_a_set_without_people_photos_probes_or_strangers_is_refused(size: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 2 people"):
        OpenSet(*size)


@pytest.mark.parametrize("factors", [{"own_farther": 0.0}, {"others_wider": -1.0}, {"own_farther": float("nan")}])
def test_a_factor_that_is_not_above_zero_is_refused(factors: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="factors above 0"):
        Assumptions(**factors)  # type: ignore[arg-type]
