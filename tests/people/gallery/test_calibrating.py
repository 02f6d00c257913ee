"""Thresholds are measured on the gallery in use, put into force with a reason, and kept."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from people.editing.services import retire_person
from people.enrolling.cross_check import judge
from people.errors import BadThresholds
from people.gallery.calibrating import calibration_of_gallery, current_thresholds, set_thresholds
from people.gallery.counter_examples import add
from people.gallery.engine_choice import EngineChoice
from people.gallery.engines import adopt_engine
from people.gallery.stored import current_version
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.distances import DLIB, FUSED
from people.recognition.engine.kinds import engine_key
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Quality
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from tests.people.conftest import near, unit_vector
from tests.streams.pages.rows import a_camera, a_sighting

pytestmark = pytest.mark.django_db


def enrolled(person: Person, vector: Any, engine: str = "") -> Photo:
    photo = Photo.objects.create(person=person, image="x", sha256=uuid4().hex, state="enrolled")
    Encoding.objects.create(photo=photo, engine=engine or engine_key(), vector=vector, quality=0.9)
    return photo


@pytest.fixture
def crowd(db: None) -> list[Person]:
    """Twelve people with three photos each, far apart; the last two are twins."""
    people = [Person.objects.create(name=f"Person {number:02}") for number in range(12)]
    middles = [unit_vector(number) for number in range(11)]
    middles.append(near(middles[10], 0.3, seed=500))
    for number, person in enumerate(people):
        for photo in range(3):
            enrolled(person, near(middles[number], 0.15, seed=600 + 10 * number + photo))
    return people


def calibrate(*arguments: str) -> str:
    said = StringIO()
    call_command("calibrate", *arguments, stdout=said)
    return said.getvalue()


def test_without_any_row_the_measured_default_decides() -> None:
    assert current_thresholds() == FUSED.thresholds


def test_the_newest_row_decides_and_the_older_ones_stay(operator: User) -> None:
    set_thresholds(match=0.30, reason="strict", by=operator)
    set_thresholds(match=0.32, reason="less strict", by=None, wanted_rate=0.001)
    assert current_thresholds().match == 0.32
    assert current_thresholds().review == pytest.approx(0.37)
    assert [(row.reason, row.created_by) for row in DecisionThresholds.objects.all()] == [
        ("less strict", None),
        ("strict", operator),
    ]


def test_thresholds_are_of_one_engine_and_come_back_with_it() -> None:
    adopt_engine("old")
    set_thresholds(match=0.30, reason="strict", by=None)
    EngineChoice.objects.create(engine="new", previous="old")
    assert current_thresholds() == DLIB.thresholds
    EngineChoice.objects.create(engine="old", previous="new")
    assert current_thresholds().match == 0.30


def test_new_thresholds_raise_the_gallerys_version_so_that_cameras_hear_of_them() -> None:
    before = current_version()
    set_thresholds(match=0.30, reason="strict", by=None)
    assert current_version() == before + 1


@pytest.mark.parametrize(("match", "reason"), [(0.05, "why"), (1.2, "why"), (0.3, " "), (float("nan"), "why")])
def test_senseless_thresholds_are_refused(match: float, reason: str) -> None:
    with pytest.raises(BadThresholds):
        set_thresholds(match=match, reason=reason, by=None)
    assert not DecisionThresholds.objects.exists()


@pytest.mark.parametrize(
    "broken", [{"match": 0.0}, {"match": 0.5, "review": 0.4}, {"review": 2.5}, {"margin": -0.1}, {"reason": ""}]
)
def test_the_database_refuses_broken_rows_too(broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        DecisionThresholds.objects.create(
            **{"engine": "e", "match": 0.3, "review": 0.35, "margin": 0.0, "reason": "r", **broken}
        )


def test_the_cross_check_holds_a_face_by_the_thresholds_in_force(ada: Person, grace: Person) -> None:
    """A face 0.3 from somebody else is held at 0.31 and not at 0.25."""
    enrolled(grace, unit_vector(1))
    photo = Photo.objects.create(person=ada, image="x", sha256=uuid4().hex)
    reading = PhotoReading("ok", vector=near(unit_vector(1), 0.3), quality=Quality(1, 1, 1, 1))
    assert judge(photo, reading, engine_key()).state == "review"
    set_thresholds(match=0.25, reason="strict", by=None)
    assert judge(photo, reading, engine_key()).state == "enrolled"


def test_the_gallery_in_use_is_measured(crowd: list[Person], ada: Person) -> None:
    enrolled(ada, unit_vector(99), engine="another")
    retire_person(person=crowd[0], by=None)
    found = calibration_of_gallery(within=0.39)
    assert (found.people, found.photos) == (11, 33)
    assert {found.close[0].one, found.close[0].other} == {str(crowd[10].pk), str(crowd[11].pk)}


def test_the_command_says_the_same_to_people_and_machines(crowd: list[Person]) -> None:
    found = json.loads(calibrate("--json", "--fmr", "0.01"))
    assert (found["people"], found["photos"], found["wanted"]) == (12, 36, 0.01)
    assert found["current"]["match"] == FUSED.thresholds.match
    assert 0.1 < found["suggestion"]["match"] <= FUSED.loosest
    assert sorted(found["pairs"][0]["people"]) == sorted([str(crowd[10].pk), str(crowd[11].pk)])
    said = calibrate("--fmr", "0.01")
    assert "12 people, 36 photos" in said
    assert "Person 10 and Person 11" in said or "Person 11 and Person 10" in said
    assert not DecisionThresholds.objects.exists()


def test_the_command_puts_its_suggestion_into_force_when_told_to(crowd: list[Person]) -> None:
    found = json.loads(calibrate("--json", "--apply"))
    row = DecisionThresholds.objects.get()
    assert (row.match, row.wanted_rate) == (found["suggestion"]["match"], 0.001)
    assert "12 people" in row.reason


def test_with_too_few_people_there_is_nothing_to_apply(ada: Person) -> None:
    enrolled(ada, unit_vector(1))
    assert "Too few people" in calibrate()
    with pytest.raises(CommandError, match="no suggestion"):
        calibrate("--apply")


def test_an_empty_gallery_is_no_error() -> None:
    assert json.loads(calibrate("--json"))["suggestion"] is None


@pytest.mark.parametrize("rate", ["0", "1", "nonsense", "-1", "nan"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(CommandError, match="between 0 and 1"):
        calibrate(f"--fmr={rate}")


def test_no_number_is_written_with_an_exponent(crowd: list[Person]) -> None:
    assert "e-" not in calibrate()


def seen(vector: Any, person: Person | None = None, kind: str = "confirm") -> Sighting:
    edit = IdentityEdit.objects.create(kind=kind, who="Ann")
    sighting = a_sighting(a_camera(f"Camera {uuid4().hex[:8]}"), person, edit=edit)
    SightingEncoding.objects.create(sighting=sighting, engine=engine_key(), vector=vector, quality=0.8)
    return sighting


def test_it_learns_from_sightings_that_were_confirmed_or_said_not_to_be_somebody(crowd: list[Person]) -> None:
    before = json.loads(calibrate("--json"))
    seen(near(unit_vector(3), 0.9, 5), crowd[3])
    seen(near(unit_vector(3), 0.2, 5), crowd[3], kind="merge_people")
    retired = Person.objects.create(name="Gone", retired_at=timezone.now())
    seen(unit_vector(3), retired)
    stranger = near(unit_vector(4), 0.5, 6)
    add(person=crowd[4], engine=engine_key(), vector=stranger, sighting_id=seen(stranger).pk, who="Ann")
    found = json.loads(calibrate("--json"))
    assert (found["confirmed_sightings"], found["rejected_sightings"]) == (1, 1)
    assert found["genuine"]["count"] == before["genuine"]["count"] + 1
    assert found["genuine"]["largest"] >= 0.9 > before["genuine"]["largest"]
    assert found["impostor"]["count"] == before["impostor"]["count"] + len(crowd) - 1 + 1
    assert found["impostor"]["smallest"] < 0.55 < before["impostor"]["smallest"]
    assert "Among them are 1 sighting of your cameras that somebody confirmed, and 1 of which" in calibrate()
    assert before["confirmed_sightings"] == before["rejected_sightings"] == 0


def test_without_such_sightings_nothing_is_said_of_them(crowd: list[Person]) -> None:
    assert "cameras that somebody confirmed" not in calibrate()
