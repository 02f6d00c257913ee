"""Which face may stand below the headline of a sighting."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.types import Box, Thresholds, Vector, Verdict
from streams.pipeline.analysis.open_sighting import EncodedFace
from streams.pipeline.analysis.weighing import Headline, best_for, weighed
from tests.streams.pipeline.fakes import ANNA, BEGIN, BELA, CARL, gallery, vector

MATCH, REVIEW, UNKNOWN = (Verdict.MATCH, str(ANNA)), (Verdict.REVIEW, str(ANNA)), (Verdict.UNKNOWN, None)
OURS, LIKE_ANNA, ALMOST = vector(ANNA), vector(CARL, ANNA, 0.62), vector(CARL, ANNA, 0.52)
"""Distances to Anna of 0, 0.55 (review) and 0.72 (unknown, nearest to her)."""


def face(vector: Vector, quality: float = 0.5) -> EncodedFace:
    return EncodedFace(BEGIN, 0.0, Box(0, 0, 9, 9), (640, 480), 1.0, quality, vector, np.zeros((9, 9, 3), np.uint8))


def best(headline: Headline, *faces: EncodedFace) -> EncodedFace | None:
    found = best_for(headline, weighed(faces, gallery(ANNA, BELA), Thresholds(0.5, 0.6)))
    return found and found.face


@pytest.mark.parametrize("headline", [MATCH, REVIEW, UNKNOWN])
def test_a_face_of_somebody_else_stands_below_no_headline(headline: Headline) -> None:
    assert best(headline, face(vector(BELA), quality=1.0)) is None


def test_a_name_stands_above_a_face_of_that_name_though_another_is_clearer() -> None:
    hers = face(OURS, quality=0.2)
    assert best(MATCH, face(vector(BELA), 0.9), face(LIKE_ANNA, 0.8), face(ALMOST, 1.0), hers) is hers


def test_a_name_may_stand_above_a_face_for_review_but_never_above_an_unknown_one() -> None:
    in_doubt = face(LIKE_ANNA)
    assert best(MATCH, face(ALMOST, 1.0), in_doubt) is in_doubt
    assert best(MATCH, face(ALMOST, 1.0)) is None


def test_a_suggestion_may_stand_above_an_unknown_face_that_is_nearest_to_that_person() -> None:
    almost = face(ALMOST)
    assert best(REVIEW, almost, face(vector(BELA), 1.0)) is almost


def test_an_unknown_sighting_wants_an_unknown_face() -> None:
    assert best(UNKNOWN, face(LIKE_ANNA, 1.0)) is None
    stranger = face(vector(CARL))
    assert best(UNKNOWN, face(LIKE_ANNA, 1.0), stranger) is stranger


def test_of_alike_faces_the_clearest_is_best_and_without_faces_there_is_none() -> None:
    clear = face(OURS, 0.9)
    assert best(MATCH, face(OURS, 0.4), clear, face(OURS, 0.6)) is clear
    assert best(MATCH) is None
