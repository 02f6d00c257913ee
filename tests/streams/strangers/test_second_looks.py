"""Whoever was seen once is compared with everybody again, and joined if that is sure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerDifference
from streams.strangers.second_looks import look_again
from tests.streams.alerting_rows import a_rule
from tests.streams.seen import NOON
from tests.streams.strangers.passers_by import joined, passer_by

LONG_AGO = NOON - timedelta(days=1)


def test_somebody_alone_is_joined_with_a_known_stranger(hall: Camera) -> None:
    _, known = joined(passer_by(hall), passer_by(hall))
    row = passer_by(hall, off=0.3, at=NOON + timedelta(hours=1))
    (alone,) = joined(row)
    assert look_again("engine", seen_since=LONG_AGO) == 1
    known.refresh_from_db(), row.refresh_from_db()
    assert row.stranger == known and known.sightings == 3 and known.encoding.of == 3
    assert known.last_seen_at == row.last_seen_at
    assert not Stranger.objects.filter(pk=alone.pk).exists()


def test_the_visit_that_is_found_late_is_told_of(hall: Camera) -> None:
    a_rule(kind="stranger_seen", times=3)
    now = timezone.now() - timedelta(minutes=1)
    _, known = joined(passer_by(hall, at=now - timedelta(hours=2)), passer_by(hall, at=now - timedelta(hours=1)))
    row = passer_by(hall, off=0.3, at=now, votes=3)
    joined(row)
    assert not Alert.objects.exists()
    assert look_again("engine", seen_since=now - timedelta(days=1)) == 1
    alert = Alert.objects.get()
    assert (alert.stranger, alert.sighting, alert.count) == (known, row, 3)


def test_two_who_were_alone_are_numbered_together(hall: Camera) -> None:
    rows = passer_by(hall), passer_by(hall, off=0.3)
    joined(*rows)
    assert look_again("engine", seen_since=LONG_AGO) == 1
    assert len({Sighting.objects.get(pk=row.pk).stranger_id for row in rows}) == 1
    assert Stranger.objects.get().number


def test_those_who_were_looked_at_before_are_not_again(hall: Camera) -> None:
    joined(passer_by(hall), passer_by(hall, off=0.3))
    assert look_again("engine", seen_since=NOON + timedelta(hours=1)) == 0


def test_people_said_to_be_different_stay_apart(hall: Camera) -> None:
    one, two = joined(passer_by(hall), passer_by(hall, off=0.3))
    StrangerDifference.objects.create(one_id=min(one.pk, two.pk), other_id=max(one.pk, two.pk))
    assert look_again("engine", seen_since=LONG_AGO) == 0


@pytest.mark.parametrize("off", [0.37, 0.6])
def test_what_is_only_to_be_offered_stays_apart(hall: Camera, off: float) -> None:
    joined(passer_by(hall), passer_by(hall, off=off))
    assert look_again("engine", seen_since=LONG_AGO) == 0


def test_nobody_is_joined_with_somebody_joined_already(hall: Camera) -> None:
    one, other = joined(passer_by(hall), passer_by(hall, 7))
    joined(passer_by(hall, off=0.3))
    Stranger.objects.filter(pk=one.pk).update(state=StrangerState.JOINED, into=other)
    assert look_again("engine", seen_since=LONG_AGO) == 0


def test_an_engine_without_strangers_has_nothing_to_look_at(hall: Camera) -> None:
    assert look_again("engine", seen_since=LONG_AGO) == 0
