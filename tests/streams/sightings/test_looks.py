"""Which picture of a sighting decided it, and what the others are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.base import ContentFile

from people.records.person import Person
from people.records.photo import Photo
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.sightings.looks import SightingLooks, enrolled_photo
from tests.streams.pages.rows import JPEG, NOON, a_camera, a_detection, a_sighting


@pytest.fixture
def ada(db: None, media: Path) -> Person:
    return Person.objects.create(name="Ada")


def _shown(sighting: Sighting) -> SightingLooks:
    return SightingLooks.of(sighting, list(Detection.objects.filter(sighting=sighting).with_support()))


def _looks(sighting: Sighting, *looks: dict[str, Any]) -> list[Detection]:
    return [
        a_detection(sighting, captured_at=NOON + timedelta(seconds=number), **look) for number, look in enumerate(looks)
    ]


def test_the_look_that_decided_says_the_same_as_the_sighting(ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    bela = Person.objects.create(name="Bela")
    first, best, deciding, last = _looks(
        sighting,
        {"verdict": "review", "quality": 0.5},
        {"verdict": "match", "person": bela, "quality": 0.9},
        {"quality": 0.6},
        {"verdict": "unknown", "quality": 0.4},
    )
    looks = _shown(sighting)
    assert looks.deciding == deciding
    assert [(look.detection, look.title) for look in looks.others] == [
        (first, "First look"),
        (best, "Best look"),
        (last, "Last look"),
    ]


def test_one_look_may_be_several_things(ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    only_other, deciding = _looks(sighting, {"quality": 0.9, "verdict": "unknown"}, {"quality": 0.5})
    looks = _shown(sighting)
    assert looks.deciding == deciding
    assert [look.title for look in looks.others] == ["Best and first look"]
    assert looks.others[0].detection == only_other


def test_no_picture_stands_for_a_sighting_that_it_contradicts(ada: Person) -> None:
    sighting = a_sighting(a_camera(), ada)
    (other,) = _looks(sighting, {"person": Person.objects.create(name="Bela")})
    looks = _shown(sighting)
    assert looks.deciding is None
    assert [look.detection for look in looks.others] == [other]


def test_a_sighting_without_pictures_has_no_shown(ada: Person) -> None:
    assert _shown(a_sighting(a_camera(), ada)) == SightingLooks(None, ())


def test_the_enrolled_photo_is_the_best_and_wants_the_right(ada: Person, operator: User) -> None:
    photos = {quality: _enrolled(ada, quality) for quality in (0.4, 0.9, 0.6)}
    sighting = a_sighting(a_camera(), ada)
    assert enrolled_photo(sighting, operator) == photos[0.9].pk
    assert enrolled_photo(sighting, AnonymousUser()) is None
    assert enrolled_photo(a_sighting(sighting.camera), operator) is None


def _enrolled(person: Person, quality: float) -> Photo:
    photo = Photo(id=uuid4(), person=person, state="enrolled", sha256=f"{quality:064}")
    photo.crop.save("crop.jpg", ContentFile(JPEG), save=False)
    photo.save()
    photo.encodings.create(engine="x", vector=[0.0] * 128, quality=quality)
    return photo
