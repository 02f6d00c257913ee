"""An unknown face in sight is called by its stranger's number, at once where that is sure; its end decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.recognition.types import Verdict
from people.records.person import Person
from streams.correcting import telling
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.running.recording import record_sighting
from streams.strangers.in_sight import know_in_sight
from streams.strangers.joining import join_due
from streams.wire.builders import sighting_record
from tests.streams.said import sighting_change
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import passer_by


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """The sightings of which open pages were told, by call."""
    calls: list[list[Any]] = []
    monkeypatch.setattr(telling, "_tell", lambda sightings: calls.append(sightings))
    return calls


def in_sight(camera: Camera, face: int = 0, **fields: Any) -> Sighting:
    now = timezone.now()
    return passer_by(camera, face, at=now, ended_at=None, stranger_due=False, **fields)


def called(sighting: Sighting) -> str:
    return Sighting.objects.with_snapshot().get(pk=sighting.pk).stranger_name


def test_a_face_in_sight_has_the_number_of_its_stranger(
    seen_twice: Seen, hall: Camera, told: list[list[Any]], django_capture_on_commit_callbacks: Any
) -> None:
    stranger = seen_twice()
    sighting = in_sight(hall)
    with django_capture_on_commit_callbacks(execute=True):
        assert know_in_sight() == 1
    row = Sighting.objects.with_snapshot().get(pk=sighting.pk)
    assert sighting_record(row, None)["stranger"] == f"Stranger {stranger.number}" == called(sighting)
    assert (row.stranger, told) == (None, [[sighting.pk]])
    assert know_in_sight() == 0


def test_nobody_is_known_who_is_not_surely_a_numbered_stranger(seen_twice: Seen, hall: Camera) -> None:
    seen_twice()
    in_sight(hall, 1)
    once = passer_by(hall, 2)
    join_due()
    assert Sighting.objects.get(pk=once.pk).stranger is not None
    in_sight(hall, 2)
    old = in_sight(hall)
    Sighting.objects.filter(pk=old.pk).update(first_seen_at=timezone.now() - timedelta(minutes=5))
    assert know_in_sight() == 0


def test_its_end_gives_it_to_the_stranger_and_open_pages_hear_of_it(
    seen_twice: Seen, hall: Camera, told: list[list[Any]], django_capture_on_commit_callbacks: Any
) -> None:
    stranger, sighting = seen_twice(), in_sight(hall)
    know_in_sight()
    Sighting.objects.filter(pk=sighting.pk).update(ended_at=timezone.now(), stranger_due=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert join_due() == 1
    row = Sighting.objects.get(pk=sighting.pk)
    assert (row.stranger, row.seen_as, told[-1]) == (stranger, None, [sighting.pk])
    assert row.stranger is not None and row.stranger.sightings == 3


def test_the_second_visit_gives_the_first_its_number_on_open_pages_too(
    hall: Camera, told: list[list[Any]], django_capture_on_commit_callbacks: Any
) -> None:
    first = passer_by(hall)
    with django_capture_on_commit_callbacks(execute=True):
        join_due()
    assert told == [[]]
    second = passer_by(hall)
    with django_capture_on_commit_callbacks(execute=True):
        join_due()
    assert set(told[-1]) == {first.pk, second.pk}


def test_a_name_that_comes_later_ends_it(seen_twice: Seen, hall: Camera) -> None:
    seen_twice()
    sighting, ada = in_sight(hall), Person.objects.create(name="Ada")
    know_in_sight()
    record_sighting(camera_id=hall.pk, change=sighting_change(id=sighting.pk), snapshots={})
    assert called(sighting) != ""
    named = sighting_change(id=sighting.pk, verdict=Verdict.MATCH, person=str(ada.pk))
    record_sighting(camera_id=hall.pk, change=named, snapshots={})
    assert Sighting.objects.get(pk=sighting.pk).seen_as is None
