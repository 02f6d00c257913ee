"""What a rule waits for: who, where, when, how sure, and at least so many looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from streams.alerting.matching import Looked, WatchedRule, subject_of
from streams.alerting.schedule import Schedule

ADA = Looked(camera=1, verdict="match", person="ada", looks=3, local=datetime(2026, 11, 23, 12))
STRANGER = replace(ADA, verdict="unknown", person=None)


def rule(*verdicts: str, **fields: Any) -> WatchedRule:
    return WatchedRule(id="rule", verdicts=frozenset(verdicts), **fields)


def nobody_asks() -> frozenset[int]:
    raise AssertionError("the watchlists were asked for")


@pytest.mark.parametrize(
    ("watched", "looked", "waits"),
    [
        (rule("match"), ADA, True),
        (rule("match"), replace(ADA, verdict="review"), False),
        (rule("match", "review"), replace(ADA, verdict="review"), True),
        (rule("unknown"), STRANGER, True),
        (rule("unknown"), ADA, False),
        (rule(), ADA, False),
        (rule("match", person="ada"), ADA, True),
        (rule("match", person="bob"), ADA, False),
        (rule("match", cameras=frozenset({1, 2})), ADA, True),
        (rule("match", cameras=frozenset({2})), ADA, False),
        (rule("match", cameras=frozenset()), ADA, False),
        (rule("match", looks=3), ADA, True),
        (rule("match", looks=4), ADA, False),
        (rule("match", schedule=Schedule.read("Mon 08:00-18:00")), ADA, True),
        (rule("match", schedule=Schedule.read("Mon 08:00-18:00", outside=True)), ADA, False),
        # Nobody asks for a watchlist where something else has decided.
        (rule("unknown", watchlist=7), ADA, False),
        (rule("match", watchlist=7, cameras=frozenset({2})), ADA, False),
    ],
)
def test_it_waits_for_what_it_says(watched: WatchedRule, looked: Looked, waits: bool) -> None:
    assert watched.waits_for(looked, nobody_asks) is waits


@pytest.mark.parametrize(("lists", "waits"), [({7}, True), ({8}, False), (set(), False)])
def test_it_waits_for_whoever_is_on_its_list(lists: set[int], waits: bool) -> None:
    assert rule("match", watchlist=7).waits_for(ADA, lambda: lists) is waits


def test_two_are_about_the_same_if_they_are_of_the_same_person_at_the_same_camera() -> None:
    others = [replace(ADA, person="bob"), replace(ADA, camera=2), STRANGER, replace(STRANGER, camera=2)]
    assert len({subject_of(looked) for looked in (ADA, *others)}) == 5
    assert subject_of(ADA) == subject_of(replace(ADA, verdict="review", looks=9))
