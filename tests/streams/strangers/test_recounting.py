"""A stranger follows its sightings: counts, times and mean."""

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


def test_a_named_stranger_has_no_mean_and_an_open_one_has(hall: Camera) -> None:
    (stranger,) = joined(passer_by(hall))
    ann = Person.objects.create(name="Ann")
    Stranger.objects.update(state=StrangerState.NAMED, person=ann)
    recount([stranger.pk])
    assert not StrangerEncoding.objects.exists()
    Stranger.objects.update(state=StrangerState.OPEN, person=None)
    recount([stranger.pk])
    assert StrangerEncoding.objects.get().of == 1


def test_an_ignored_stranger_stays_ignored(hall: Camera) -> None:
    (stranger,) = joined(passer_by(hall))
    Stranger.objects.update(state=StrangerState.IGNORED)
    recount([stranger.pk])
    assert Stranger.objects.get().state == StrangerState.IGNORED
