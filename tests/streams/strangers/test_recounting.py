"""A stranger follows its sightings: counts, times, mean, and what has become of them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerEncoding
from streams.strangers.recounting import recount
from tests.streams.seen import NOON
from tests.streams.strangers.passers_by import joined, passer_by

HOUR = timedelta(hours=1)


def test_counts_times_and_mean_are_those_of_the_sightings_left(hall: Camera) -> None:
    rows = passer_by(hall), passer_by(hall, off=0.2, at=NOON + HOUR)
    stranger, _ = joined(*rows)
    Sighting.objects.filter(pk=rows[1].pk).update(stranger=None)
    recount([stranger.pk])
    stranger.refresh_from_db()
    assert (stranger.sightings, stranger.last_seen_at, stranger.encoding.of) == (1, rows[0].last_seen_at, 1)
    assert np.argmax(stranger.encoding.vector) == 0 and max(stranger.encoding.vector) == pytest.approx(1)


def test_whoever_has_nothing_left_stays_without_a_mean(hall: Camera) -> None:
    (stranger,) = joined(passer_by(hall))
    Sighting.objects.update(stranger=None)
    recount([stranger.pk])
    assert Stranger.objects.get().sightings == 0
    assert not StrangerEncoding.objects.exists()


def test_a_stranger_is_named_with_all_sightings_and_open_again_with_one(hall: Camera) -> None:
    row = passer_by(hall)
    (stranger,) = joined(row)
    ann = Person.objects.create(name="Ann")
    Sighting.objects.update(verdict="match", person=ann)
    recount([stranger.pk])
    stranger = Stranger.objects.get()
    assert (stranger.state, stranger.person) == (StrangerState.NAMED, ann)
    assert not StrangerEncoding.objects.exists()
    Sighting.objects.update(verdict="unknown", person=None)
    recount([stranger.pk])
    stranger = Stranger.objects.get()
    assert (stranger.state, stranger.person, stranger.encoding.of) == (StrangerState.OPEN, None, 1)


def test_a_joined_stranger_who_gets_sightings_back_is_open(hall: Camera) -> None:
    one, other = joined(passer_by(hall, 1), passer_by(hall, 2))
    Stranger.objects.filter(pk=one.pk).update(state=StrangerState.JOINED, into=other)
    recount([one.pk])
    assert Stranger.objects.get(pk=one.pk).state == StrangerState.OPEN


def test_an_ignored_stranger_stays_ignored(hall: Camera) -> None:
    (stranger,) = joined(passer_by(hall))
    Stranger.objects.update(state=StrangerState.IGNORED)
    recount([stranger.pk])
    assert Stranger.objects.get().state == StrangerState.IGNORED
