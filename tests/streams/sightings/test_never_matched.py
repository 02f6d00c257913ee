"""Of somebody who is never to be recognised no sighting keeps an encoding, and none becomes theirs."""

from __future__ import annotations

import numpy as np
import pytest

from people.editing.never_matching import never_match
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.errors import PersonIsNeverMatched
from streams.pipeline.messages import MeanEncoding
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding, keep_encoding
from streams.records.states import EditKind
from tests.people.conftest import unit_vector
from tests.streams.pages.rows import a_camera, a_sighting

pytestmark = pytest.mark.django_db


def encoding(seed: int) -> MeanEncoding:
    return MeanEncoding("e", np.asarray(unit_vector(seed), np.float32).tobytes(), 0.9)


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def seen(ada: Person) -> Sighting:
    """Ada was seen, and beside her somebody else."""
    camera = a_camera()
    sighting, other = a_sighting(camera, person=ada), a_sighting(camera)
    for number, each in enumerate((sighting, other)):
        keep_encoding(sighting=each, encoding=encoding(number))
    return sighting


def test_their_sightings_lose_the_encodings_and_nothing_else(ada: Person, seen: Sighting) -> None:
    never_match(person=ada, by=None)
    assert SightingEncoding.objects.exclude(sighting=seen).count() == 1
    assert not SightingEncoding.objects.filter(sighting=seen).exists()
    assert Sighting.objects.count() == 2


def test_a_camera_that_still_names_them_keeps_no_encoding(ada: Person, seen: Sighting) -> None:
    never_match(person=ada, by=None)
    keep_encoding(sighting=seen, encoding=encoding(7))
    assert not SightingEncoding.objects.filter(sighting=seen).exists()


def test_nobody_says_that_a_sighting_is_theirs(ada: Person, seen: Sighting) -> None:
    never_match(person=ada, by=None)
    other = Sighting.objects.exclude(pk=seen.pk).get()
    with pytest.raises(PersonIsNeverMatched, match="never to be recognised"):
        correct(sighting=other.pk, says=Correction(EditKind.IS, ada.pk), by=None, page="")
