"""What counter-examples are worth, counted on faces whose distances are known."""

from __future__ import annotations

import numpy as np
import pytest

from people.recognition.evaluation.counter_examples import CounterExampleTally, EvaluatedLook, tally
from people.recognition.gallery.gallery import Gallery
from tests.people.recognition.gallery.test_counter_examples import at, gallery_of


@pytest.fixture
def known() -> Gallery:
    return gallery_of(3)


def look(who: str, photo: str, vector: np.ndarray) -> EvaluatedLook:
    return EvaluatedLook(who, photo, vector)


def test_a_strangers_second_photo_is_a_repeat_that_comes_no_more(known: Gallery) -> None:
    stranger = at(0.5, known.templates[0])
    looks = [
        look("S", "1", stranger),
        look("S", "2", at(0.1, stranger, 8)),
        look("T", "1", at(0.5, known.templates[1])),
    ]
    assert tally(known, looks, 0.6, 0.05) == CounterExampleTally(rejected=2, repeats=1)
    assert tally(known, looks, 0.3, 0.05) == CounterExampleTally()


def test_a_repeat_that_looks_otherwise_comes_again(known: Gallery) -> None:
    looks = [look("S", "1", at(0.5, known.templates[0])), look("S", "2", at(0.5, known.templates[0], 77))]
    assert tally(known, looks, 0.6, 0.05) == CounterExampleTally(rejected=1, repeats=1, came_again=1)


def test_further_looks_of_the_rejected_photo_are_no_repeats(known: Gallery) -> None:
    stranger = at(0.5, known.templates[0])
    looks = [look("S", "1", stranger), look("S", "1", at(0.1, stranger, 8))]
    assert tally(known, looks, 0.6, 0.05) == CounterExampleTally(rejected=1)


def test_own_matches_are_lost_if_they_look_like_the_stranger(known: Gallery) -> None:
    """The person's look lies 0.4 from the person and 0.42 from the stranger's."""
    own = at(0.4, known.templates[0])
    stranger = at(0.42, own, 31)
    looks = [look("S", "1", stranger), look(known.ids[0], "2", own), look(known.ids[0], "3", known.templates[0])]
    assert tally(known, looks, 0.9, 0.05) == CounterExampleTally(rejected=1, own=2, own_lost=1)
    assert tally(known, looks, 0.9, 0.0) == CounterExampleTally(rejected=1, own=2)


def test_the_right_name_takes_the_place_of_the_rejected_one() -> None:
    one, other = gallery_of(1).templates[0], at(0.3, gallery_of(1).templates[0], 12)
    known = Gallery(1, "e", ("a", "b"), np.stack([one, other]))
    between = np.asarray((1.1 * one + other) / np.linalg.norm(1.1 * one + other), np.float32)
    looks = [look("b", "1", between), look("b", "2", at(0.02, between, 9))]
    assert tally(known, looks, 0.6, 0.05) == CounterExampleTally(rejected=1, repeats=1, renamed_right=1)
    looks = [look("S", "1", between), look("S", "2", at(0.02, between, 9))]
    assert tally(known, looks, 0.6, 0.05) == CounterExampleTally(rejected=1, repeats=1, renamed_wrong=1)


def test_shares_are_none_where_nothing_was_counted() -> None:
    assert CounterExampleTally().as_json()["gone"] is CounterExampleTally().as_json()["lost"] is None
    found = CounterExampleTally(repeats=4, came_again=1, own=10, own_lost=2).as_json()
    assert (found["gone"], found["lost"]) == (0.75, 0.2)
