"""Person-seconds of a replay."""

from datetime import timedelta
from uuid import uuid4

import pytest

from people.recognition.types import Box, Thresholds, Verdict
from streams.pipeline.messages import Overlay, SightingChange, TrackedFace
from streams.pipeline.replay.replaying import BEGIN
from streams.pipeline.replay.truth import Presence, Score, last_words, presences


def overlay(at_s: float, *names: str) -> Overlay:
    faces = tuple(TrackedFace(1, Box(0, 0, 9, 9), Verdict.MATCH, name, 0.3) for name in names)
    return Overlay(1, BEGIN + timedelta(seconds=at_s), 9, 9, faces, None, None)


def sighting(person: str | None, first_s: float, last_s: float) -> SightingChange:
    verdict = Verdict.MATCH if person else Verdict.UNKNOWN
    first, last = (BEGIN + timedelta(seconds=at_s) for at_s in (first_s, last_s))
    return SightingChange(
        uuid4(), last, first, last, False, verdict, person, 0.3, None, Thresholds(0.31, 0.36), 2, 2, 1, ()
    )


def test_seconds_are_right_wrong_or_missed() -> None:
    score = Score([Presence("anna", 0, 4), Presence("guest", 0, 4)], frozenset({"anna", "bela"}))
    for told in (overlay(0), overlay(1, "anna"), overlay(3, "anna", "bela"), overlay(4), overlay(5)):
        score.frame(told)
    assert score.as_json() == {
        "right_s": 3.0,
        "wrong_s": 1.0,
        "missed_s": 1.0,
        "strangers_named": 0,
        "named_after_s": [{"person": "anna", "visible_from_s": 0, "named_after_s": 1.0}],
    }


def test_each_time_that_somebody_enrolled_comes_has_its_own_wait_for_the_name() -> None:
    came = [Presence("anna", 0, 2), Presence("guest", 0, 9), Presence("anna", 4, 6), Presence("anna", 7, 9)]
    score = Score(came, frozenset({"anna"}))
    for told in (overlay(1.5, "anna"), overlay(3, "anna"), overlay(4.2), overlay(4.6, "anna"), overlay(8, "bela")):
        score.frame(told)
    assert [(row["visible_from_s"], row["named_after_s"]) for row in score.as_json()["named_after_s"]] == [
        (0, 1.5),
        (4, 0.6),
        (7, None),
    ]


def test_a_sighting_named_after_somebody_who_was_not_there_named_a_stranger_once() -> None:
    score = Score([Presence("anna", 0, 4)], frozenset({"anna"}))
    wrong = sighting("anna", 5, 6)
    for told in (wrong, wrong, sighting("anna", 3, 6), sighting(None, 5, 6)):
        score.change(told)
    assert score.as_json()["strangers_named"] == 1


def test_the_last_word_of_each_sighting_counts() -> None:
    late, early = sighting("anna", 5, 6), sighting("bela", 1, 2)
    assert last_words([late, early, late]) == [early, late]


def test_labels_without_the_clip_or_of_another_form_are_refused_in_words() -> None:
    labels = {"files": [{"path": "video/a.mp4", "timeline": [{"person": "anna", "start": 0, "end": 1}]}]}
    assert presences(labels, "a.mp4") == [Presence("anna", 0, 1)]
    with pytest.raises(ValueError, match=r"no clip 'b\.mp4'"):
        presences(labels, "b.mp4")
    with pytest.raises(ValueError, match="expected form"):
        presences({"files": [{"path": "a.mp4", "timeline": [{"who": 1}]}]}, "a.mp4")
