"""Sightings that are due find their stranger: the row is the job, and two workers never begin one person twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerDifference, StrangerEncoding
from streams.strangers.joining import join_due
from streams.strangers.turns import is_our_turn
from tests.streams.seen import NOON
from tests.streams.strangers.passers_by import joined, passer_by

HOUR = timedelta(hours=1)


def test_one_face_by_several_cameras_is_one_stranger(hall: Camera, camera: Camera) -> None:
    one, two = passer_by(hall), passer_by(camera, off=0.2, at=NOON + HOUR)
    first, second = joined(one, two)
    assert first == second
    assert (first.sightings, first.first_seen_at, first.last_seen_at) == (2, NOON, two.last_seen_at)
    assert first.encoding.of == 2
    assert np.linalg.norm(first.encoding.vector) == pytest.approx(1)
    assert not Sighting.objects.filter(stranger_due=True).exists()


def test_two_faces_are_two_strangers(hall: Camera) -> None:
    assert len(set(joined(passer_by(hall, 1), passer_by(hall, 2)))) == 2


def test_what_is_not_sure_is_not_joined(hall: Camera) -> None:
    one, two = joined(passer_by(hall), passer_by(hall, off=0.3))
    assert one != two


def test_a_number_comes_with_the_second_sighting(hall: Camera) -> None:
    (stranger,) = joined(passer_by(hall))
    assert stranger.number is None
    (stranger,) = joined(passer_by(hall, at=NOON + HOUR))
    assert stranger.number and str(stranger) == f"Stranger {stranger.number}"


def test_a_long_look_has_a_number_at_once(hall: Camera) -> None:
    row = passer_by(hall, encodings=9, last_seen_at=NOON + timedelta(seconds=30), ended_at=NOON + timedelta(seconds=30))
    (stranger,) = joined(row)
    assert stranger.number


def test_numbers_are_never_used_again(hall: Camera) -> None:
    _, first = joined(passer_by(hall, 1), passer_by(hall, 1))
    number = first.number
    first.delete()
    _, other = joined(passer_by(hall, 2), passer_by(hall, 2))
    assert other.number > number


def test_whoever_is_probably_the_same_is_offered(hall: Camera) -> None:
    _, one = joined(passer_by(hall), passer_by(hall))
    _, two = joined(passer_by(hall, off=0.35), passer_by(hall, off=0.35))
    assert (two.resembles, one.resembles) == (one, None)
    assert two.resembles_distance == pytest.approx(0.35, abs=1e-3)


def test_nobody_is_offered_who_is_said_to_be_different(hall: Camera) -> None:
    _, one = joined(passer_by(hall), passer_by(hall))
    (two,) = joined(passer_by(hall, off=0.35))
    StrangerDifference.objects.create(one_id=min(one.pk, two.pk), other_id=max(one.pk, two.pk))
    (two,) = joined(passer_by(hall, off=0.35))
    assert two.number and two.resembles is None


def test_encodings_of_two_engines_are_never_joined(hall: Camera) -> None:
    one, two = joined(passer_by(hall), passer_by(hall, engine="another"))
    assert one != two


def test_a_named_stranger_takes_nobody_more(hall: Camera) -> None:
    (named,) = joined(passer_by(hall))
    person = Person.objects.create(name="Ann")
    Stranger.objects.filter(pk=named.pk).update(state=StrangerState.NAMED, person=person)
    (other,) = joined(passer_by(hall))
    assert other != named


def test_an_ignored_stranger_is_still_recognised(hall: Camera) -> None:
    (postman,) = joined(passer_by(hall))
    Stranger.objects.filter(pk=postman.pk).update(state=StrangerState.IGNORED)
    assert joined(passer_by(hall)) == [postman]


@pytest.mark.parametrize("changed", [{"is_no_face": True}, {"ended_at": None}], ids=["no face", "still in view"])
def test_what_wants_no_stranger_any_more_is_only_done_with(hall: Camera, changed: dict[str, object]) -> None:
    row = passer_by(hall, **changed)
    assert joined(row) == [None]
    assert not row.stranger_due


def test_a_sighting_whose_encoding_was_forgotten_is_done_with(hall: Camera) -> None:
    row = passer_by(hall)
    SightingEncoding.objects.all().delete()
    assert joined(row) == [None]


def test_a_batch_is_bounded_and_oldest_first(hall: Camera) -> None:
    late, early = passer_by(hall, 1, at=NOON + HOUR), passer_by(hall, 2)
    assert join_due(most=1) == 1
    late.refresh_from_db(), early.refresh_from_db()
    assert early.stranger and not late.stranger


def test_a_sighting_costs_the_same_among_few_and_many(hall: Camera) -> None:
    passer_by(hall, 0)
    with CaptureQueriesContext(connection) as among_none:
        join_due()
    for face in range(1, 20):
        passer_by(hall, face)
    joined()
    passer_by(hall, 25)
    with CaptureQueriesContext(connection) as among_many:
        join_due()
    assert len(among_many) == len(among_none), [each["sql"][:90] for each in among_many]


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_waits_for_its_turn(hall: Camera) -> None:
    row = passer_by(hall)
    found = []

    def as_another_worker() -> None:
        found.append(join_due())
        connection.close()

    with transaction.atomic():
        assert is_our_turn()
        other = threading.Thread(target=as_another_worker)
        other.start()
        other.join()
    assert found == [0]
    assert joined(row) == [Stranger.objects.get()]
    assert StrangerEncoding.objects.count() == 1


def test_one_who_passes_often_is_found_before_the_table_is_vacuumed(hall: Camera) -> None:
    """Each sighting leaves the encoding before it in the index, about as near: 300 fill a list of candidates."""
    (stranger,) = joined(passer_by(hall))
    row = StrangerEncoding.objects.get(stranger=stranger)
    mean, off = np.asarray(row.vector, np.float32), np.random.default_rng(1)
    for _ in range(300):
        row.vector = mean + off.normal(0, 0.01, mean.size).astype(np.float32)
        row.save()
    (again,) = joined(passer_by(hall, at=NOON + HOUR))
    assert again == stranger
