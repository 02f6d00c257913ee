"""The map from our distances to CompreFace's similarities."""

from __future__ import annotations

import pytest

from facesite.env import ROOT
from people.dialect.similarity import EVEN_SCORE, lowest_score, probability, similarity
from people.recognition.engine.distances import FUSED
from people.recognition.types import Thresholds

SITE = FUSED.thresholds


def test_the_clients_usual_thresholds_are_ours() -> None:
    assert similarity(SITE.match, SITE) == 0.9
    assert similarity(SITE.review, SITE) == 0.5


def test_it_falls_with_the_distance_and_stays_within_0_and_1() -> None:
    told = [similarity(step / 200, SITE) for step in range(401)]
    assert told == sorted(told, reverse=True)
    assert told[0] == 1.0 and told[-1] == 0.0


@pytest.mark.parametrize("thresholds", [Thresholds(0.3, 0.3), Thresholds(0.001, 2), Thresholds(2, 2)])
def test_no_thresholds_break_it(thresholds: Thresholds) -> None:
    for apart in (0.0, thresholds.match, 2.0):
        assert 0 <= similarity(apart, thresholds) <= 1
    assert similarity(thresholds.review, thresholds) == 0.5


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.9, 0.99, 1.0])
def test_a_wanted_probability_and_the_lowest_score_are_one(wanted: float) -> None:
    score = lowest_score(wanted)
    assert probability(score) == pytest.approx(wanted, abs=1e-5)
    assert lowest_score(0.1) == EVEN_SCORE


def test_the_table_in_the_documentation_is_this_map() -> None:
    guide = (ROOT / "docs" / "compreface.md").read_text()
    rows = [
        line.split("|")[2:-1] for line in guide.splitlines() if line.startswith(("| distance | 0", "| similarity | 0"))
    ]
    assert len(rows) == 2
    for distance, told in zip(*rows, strict=True):
        assert similarity(float(distance.split()[0]), SITE) == float(told)
