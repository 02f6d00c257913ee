"""People, and sightings that were taken for them, with encodings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from people.records.person import Person
from streams.correcting.corrections import Correction
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import EditKind
from tests.streams.said import encoding
from tests.streams.seen import NOON, seen


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def grace(db: None) -> Person:
    return Person.objects.create(name="Grace")


def encoded(camera: Camera, person: Person | None = None, **fields: Any) -> Sighting:
    """A sighting that has ended, with an encoding."""
    sighting = seen(camera, person, **{"ended_at": NOON, **fields})
    mean = encoding()
    SightingEncoding.objects.create(
        sighting=sighting, engine=mean.engine, vector=np.frombuffer(mean.vector, np.float32), quality=mean.quality
    )
    return sighting


def is_(person: Person) -> Correction:
    return Correction(EditKind.IS, person.pk)


def is_not(person: Person) -> Correction:
    return Correction(EditKind.IS_NOT, person.pk)


NO_FACE = Correction(EditKind.NO_FACE)


def now(sighting: Sighting) -> tuple[str, Person | None]:
    """What it says now."""
    row = Sighting.objects.get(pk=sighting.pk)
    return row.verdict, row.person


def machine(sighting: Sighting) -> tuple[str | None, Person | None]:
    """What the machine says beside it."""
    row = Sighting.objects.get(pk=sighting.pk)
    return row.machine_verdict, row.machine_person
