"""What another match distance would have made of the sightings of the last month."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from people.gallery.calibration_report import hindsight_sentence
from people.gallery.engine_choice import EngineChoice
from people.gallery.hindsight import DAYS, hindsight
from people.recognition.engine.kinds import DLIB, FUSED
from people.records.person import Person
from tests.streams.pages.rows import a_camera, a_sighting

pytestmark = pytest.mark.django_db


def test_names_lost_and_given_are_counted() -> None:
    door, ann, now = a_camera(), Person.objects.create(name="Ann"), timezone.now()
    a_sighting(door, ann, at=now, distance=0.25)
    a_sighting(door, ann, at=now, distance=0.33)
    a_sighting(door, ann, at=now, distance=0.29, verdict="review")
    a_sighting(door, at=now, distance=0.60)
    assert hindsight(0.30) == {"days": DAYS, "sightings": 4, "unnamed": 1, "named": 1}


def test_old_ones_and_those_of_cameras_with_their_own_distance_do_not_count() -> None:
    ann, now = Person.objects.create(name="Ann"), timezone.now()
    a_sighting(a_camera("Old"), ann, at=now - timedelta(days=DAYS + 1))
    a_sighting(a_camera("Own", match_threshold=0.5), ann, at=now)
    found = hindsight(0.30)
    assert found is not None
    assert found["sightings"] == 0
    assert hindsight_sentence({"hindsight": found}) == ""


def test_it_is_said_in_words() -> None:
    words = hindsight_sentence({"hindsight": {"days": 30, "sightings": 12, "unnamed": 2, "named": 1}})
    assert words.startswith("Of 12 sightings in the last 30 days 2 would have lost their name")
    assert hindsight_sentence({"hindsight": None}) == ""


def test_those_from_before_another_engine_came_into_use_do_not_count() -> None:
    door, ann, now = a_camera(), Person.objects.create(name="Ann"), timezone.now()
    a_sighting(door, ann, at=now - timedelta(hours=1), distance=0.25)
    EngineChoice.objects.create(engine=FUSED.key, previous=DLIB.key)
    a_sighting(door, ann, at=timezone.now(), distance=0.5)
    found = hindsight(0.30)
    assert found is not None
    assert (found["sightings"], found["unnamed"]) == (1, 1)
