"""Votes and verdicts."""

import numpy as np
import pytest

from people.recognition.engine.distances import DLIB
from people.recognition.types import Thresholds, Vector, Verdict
from streams.pipeline.analysis.choosing import is_worth_judging, urgency
from streams.pipeline.analysis.identity import KEPT, Decision, EncodingSample, Identity
from tests.streams.pipeline.fakes import ANNA, BELA, CARL, gallery, vector

THRESHOLDS = Thresholds(match=0.5, review=0.6)


def identity(*vectors: Vector, quality: float = 1.0) -> Identity:
    result = Identity(THRESHOLDS, DLIB.ballot_slack)
    for number, one in enumerate(vectors):
        result.add(EncodingSample(one, quality, float(number)))
    return result


def decided(who: Identity, *people: int, at_its_end: bool = False) -> Decision:
    decision = who.decide(gallery(*people), at_its_end=at_its_end)
    assert decision is not None
    return decision


def test_two_good_encodings_name_somebody() -> None:
    assert identity(vector(ANNA)).decide(gallery(ANNA, BELA)) is None
    decision = decided(identity(vector(ANNA), vector(ANNA)), ANNA, BELA)
    assert (decision.verdict, decision.person, decision.votes) == (Verdict.MATCH, str(ANNA), 2)


def test_a_single_bad_frame_names_no_stranger() -> None:
    like_anna = vector(CARL, towards=ANNA, share=0.7)
    decision = decided(identity(vector(CARL), like_anna, vector(CARL)), ANNA, BELA)
    assert (decision.verdict, decision.person) == (Verdict.UNKNOWN, None)


def test_a_poor_picture_counts_less() -> None:
    assert identity(vector(ANNA), vector(ANNA), quality=0.15).decide(gallery(ANNA)) is None
    assert identity(*[vector(ANNA)] * 4, quality=0.15).decide(gallery(ANNA)) is not None


def test_useless_pictures_name_nobody_however_many() -> None:
    assert identity(*[vector(ANNA)] * 10, quality=0.0).decide(gallery(ANNA)) is None


def test_unknown_takes_three_encodings() -> None:
    assert identity(vector(CARL), vector(CARL)).decide(gallery(ANNA)) is None
    assert decided(identity(*[vector(CARL)] * 3), ANNA).verdict is Verdict.UNKNOWN


def test_encodings_that_a_counter_example_refuses_do_not_vote() -> None:
    """The mean is Anna's; two of the three faces are more like somebody who was said not to be her."""
    like_carl = vector(ANNA, towards=CARL, share=0.4)
    who = identity(vector(ANNA), like_carl, like_carl)
    assert decided(who, ANNA, BELA).verdict is Verdict.MATCH
    known = gallery(ANNA, BELA).with_counter_examples([(str(ANNA), 3, vector(CARL, towards=ANNA, share=0.4))])
    decision = who.decide(known)
    assert decision is not None
    assert (decision.verdict, decision.person, decision.votes) == (Verdict.REVIEW, str(ANNA), 1)
    assert decision.refused_by is None


def test_the_next_person_decides_where_a_counter_example_refuses_the_first() -> None:
    like_both = vector(ANNA, towards=BELA, share=0.45)
    who = identity(like_both, like_both)
    thresholds = Thresholds(match=0.9, review=0.95)
    who.thresholds = thresholds
    assert decided(who, ANNA, BELA).person == str(ANNA)
    decision = who.decide(gallery(ANNA, BELA).with_counter_examples([(str(ANNA), 3, like_both)]))
    assert decision is not None
    assert (decision.verdict, decision.person, decision.votes) == (Verdict.MATCH, str(BELA), 2)
    assert decision.refused_by == 3


def test_a_tie_names_nobody() -> None:
    tied = identity(vector(ANNA), vector(BELA), vector(ANNA, BELA, 0.5), vector(BELA, ANNA, 0.5))
    decision = tied.decide(gallery(ANNA, BELA))
    assert decision is not None
    assert decision.verdict is not Verdict.MATCH


def test_in_between_is_for_review_with_the_nearest_person() -> None:
    between = vector(CARL, towards=ANNA, share=0.605)  # 0.57 from Anna
    decision = decided(identity(*[between] * 3), ANNA)
    assert (decision.verdict, decision.person) == (Verdict.REVIEW, str(ANNA))


def test_in_an_empty_gallery_everybody_is_unknown() -> None:
    assert decided(identity(*[vector(ANNA)] * 3)).verdict is Verdict.UNKNOWN


def test_at_its_end_a_sighting_is_decided_with_what_there_is_but_not_named_by_one_frame() -> None:
    assert decided(identity(vector(CARL)), ANNA, at_its_end=True).verdict is Verdict.UNKNOWN
    assert decided(identity(vector(ANNA)), ANNA, at_its_end=True).verdict is Verdict.REVIEW


def test_the_mean_of_noisy_pictures_is_nearer_than_each() -> None:
    random = np.random.default_rng(1)
    noisy = [vector(ANNA) + random.normal(0, 0.05, 128).astype(np.float32) for _ in range(8)]
    decision = decided(identity(*[one / np.linalg.norm(one) for one in noisy]), ANNA)
    assert decision.match.distance < min(float(np.linalg.norm(one - vector(ANNA))) for one in noisy)


def test_a_long_sighting_keeps_its_best_encodings_and_counts_all() -> None:
    who = Identity(THRESHOLDS, DLIB.ballot_slack)
    for number in range(40):
        who.add(EncodingSample(vector(ANNA), 0.9 if number == 3 else 0.5, float(number)))
    assert len(who.samples) == KEPT
    assert who.made == 40
    assert who.best_quality == 0.9
    assert who.samples[-1].taken_s == 39


def test_undecided_faces_are_encoded_first_and_sure_ones_seldom() -> None:
    young, sure = identity(vector(ANNA)), identity(*[vector(ANNA)] * 6)
    decision = decided(sure, ANNA)
    fresh = urgency(Identity(THRESHOLDS, DLIB.ballot_slack), None, 0.5, 10)
    undecided = urgency(young, None, 0.5, 10)
    checked = urgency(sure, decision, 0.5, 10)
    assert fresh is not None
    assert undecided is not None
    assert checked is not None
    assert fresh > undecided > checked
    assert urgency(sure, decision, 0.5, sure.tried_s + 2) is None


@pytest.mark.parametrize(("quality", "expected"), [(0.8, True), (0.5, False)])
def test_a_clearly_better_picture_is_worth_an_encoding_at_once(quality: float, expected: bool) -> None:
    who = identity(*[vector(ANNA)] * 6, quality=0.5)
    assert (urgency(who, decided(who, ANNA), quality, who.tried_s + 0.2) is not None) is expected


def test_an_answer_for_review_is_asked_again_like_an_undecided_face_until_enough_encodings_were_made() -> None:
    between = vector(CARL, towards=ANNA, share=0.605)
    unsure, asked_often = identity(*[between] * 3), identity(*[between] * 12)
    undecided = urgency(identity(vector(ANNA)), None, 0.5, 10)
    assert urgency(unsure, decided(unsure, ANNA), 0.5, unsure.tried_s + 0.11) == undecided
    assert urgency(asked_often, decided(asked_often, ANNA), 0.5, asked_often.tried_s + 0.9) is None
    assert urgency(asked_often, decided(asked_often, ANNA), 0.5, asked_often.tried_s + 1) is not None


def test_an_answer_that_many_stand_behind_is_asked_again_seldom() -> None:
    stranger = identity(*[vector(CARL)] * 8)
    assert urgency(stranger, decided(stranger, ANNA), 0.5, stranger.tried_s + 2) is None
    assert urgency(stranger, decided(stranger, ANNA), 0.5, stranger.tried_s + 3) is not None


def test_a_settled_face_is_judged_twice_a_second_and_not_at_all_where_it_cannot_get_better() -> None:
    sure, best = identity(*[vector(ANNA)] * 6, quality=0.5), identity(*[vector(ANNA)] * 6, quality=0.9)
    sure.judged_s = best.judged_s = now_s = sure.tried_s + 0.2
    assert not is_worth_judging(sure, decided(sure, ANNA), now_s + 0.4)
    assert is_worth_judging(sure, decided(sure, ANNA), now_s + 0.5)
    assert not is_worth_judging(best, decided(best, ANNA), now_s + 0.5)
    assert is_worth_judging(Identity(THRESHOLDS, DLIB.ballot_slack), None, now_s)
