"""Which stored detection stands for its sighting in lists, the feed and the API."""

from __future__ import annotations

from typing import Any

import pytest

from people.records.person import Person
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from tests.streams.pages.rows import a_camera, a_detection, a_sighting


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def bela(db: None) -> Person:
    return Person.objects.create(name="Bela")


def shown(sighting: Sighting) -> Any:
    return Sighting.objects.with_snapshot().get(pk=sighting.pk).snapshot_id  # type: ignore[attr-defined]


def test_a_clearer_picture_of_somebody_else_is_not_the_one_of_a_sighting(media: Any, ada: Person, bela: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    a_detection(sighting, person=bela, quality=0.9)
    a_detection(sighting, verdict="unknown", quality=0.9)
    assert shown(sighting) is None
    hers = a_detection(sighting, verdict="review", quality=0.2)
    assert shown(sighting) == hers.pk


def test_the_picture_with_the_sightings_own_verdict_comes_first_then_the_clearest(media: Any, ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    a_detection(sighting, verdict="review", quality=0.9)
    a_detection(sighting, quality=0.3)
    best = a_detection(sighting, quality=0.5)
    assert shown(sighting) == best.pk


def test_a_suggestion_may_show_a_face_that_alone_is_unknown_but_nearest(media: Any, ada: Person, bela: Person) -> None:
    sighting = a_sighting(a_camera(), ada, verdict="review")
    a_detection(sighting, verdict="unknown", person=bela, quality=0.9)
    near = a_detection(sighting, verdict="unknown", quality=0.4)
    assert shown(sighting) == near.pk


def test_an_unknown_sighting_shows_an_unknown_face_with_or_without_somebody_near(media: Any, ada: Person) -> None:
    sighting = a_sighting(a_camera())
    a_detection(sighting, verdict="review", person=ada, quality=0.9)
    far = a_detection(sighting, person=ada, quality=0.4)
    assert shown(sighting) == far.pk
    assert set(Detection.objects.supporting()) == {far}
    assert {row.pk: row.is_supporting for row in Detection.objects.with_support()}[far.pk] is True
