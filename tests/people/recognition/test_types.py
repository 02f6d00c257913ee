"""Boxes and the three outcomes of a decision."""

from __future__ import annotations

import math

import pytest

from people.recognition.engine.distances import DLIB
from people.recognition.types import Box, Match, Thresholds, Verdict


def match(distance: float, margin: float = math.inf, person: str | None = "ada") -> Match:
    return Match(person, distance, margin, None, 1)


@pytest.mark.parametrize(
    ("distance", "verdict"),
    [(0.0, "match"), (0.34, "match"), (0.341, "review"), (0.39, "review"), (0.391, "unknown")],
)
def test_there_is_no_gap_between_the_outcomes(distance: float, verdict: str) -> None:
    assert Thresholds(match=0.34, review=0.39).decide(match(distance)) == verdict


def test_near_but_not_clearly_nearer_than_another_is_for_review() -> None:
    thresholds = Thresholds(0.31, 0.36, margin=0.05)
    assert thresholds.decide(match(0.2, margin=0.04)) is Verdict.REVIEW
    assert thresholds.decide(match(0.2, margin=0.05)) is Verdict.MATCH


def test_nobody_is_unknown() -> None:
    assert DLIB.thresholds.decide(match(math.inf, person=None)) is Verdict.UNKNOWN


@pytest.mark.parametrize("bad", [{"match": 0}, {"match": 0.5, "review": 0.4}, {"review": 3}, {"margin": -0.1}])
def test_thresholds_that_make_no_sense_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Thresholds(**{"match": 0.31, "review": 0.36, **bad})


def test_boxes_that_overlap_half() -> None:
    assert Box(0, 0, 10, 10).iou(Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert Box(0, 0, 10, 10).iou(Box(20, 0, 30, 10)) == 0


def test_another_match_distance_keeps_the_width_of_the_band_for_review() -> None:
    moved = Thresholds(0.34, 0.39, 0.02).with_match(0.30)
    assert (moved.match, round(moved.review, 6), moved.margin) == (0.30, 0.35, 0.02)
    assert DLIB.thresholds.with_match(None) == DLIB.thresholds
    assert DLIB.thresholds.with_match(1.99).review == 2.0
