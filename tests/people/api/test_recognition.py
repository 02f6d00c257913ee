"""Recognising uploaded pictures over the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.editing import services
from people.enrolling.enrol_now import enrol_now
from people.errors import Busy
from people.recognising import uploaded
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import picture

RECOGNISE, VERIFY = "/api/v1/recognise/", "/api/v1/verify/"
pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers", "media"),
]


@pytest.fixture
def upload(portraits: Path) -> Callable[[str], Any]:
    return lambda name: SimpleUploadedFile(name, (portraits / name).read_bytes())


@pytest.fixture
def barack(portraits: Path, media: Path, db: None) -> Person:
    person = Person.objects.create(name="Barack")
    enrol_now(who=lambda: person, data=(portraits / "obama.jpg").read_bytes(), name="obama.jpg", by=None)
    return person


def test_an_enrolled_face_is_a_match(as_operator: APIClient, barack: Person, upload: Callable[[str], Any]) -> None:
    answer = as_operator.post(RECOGNISE, {"image": upload("obama2.jpg"), "candidates": 5}).json()
    (face,) = answer["faces"]
    assert face["verdict"] == "match" and face["person"] == {"id": str(barack.pk), "name": "Barack"}
    assert face["distance"] <= answer["thresholds"]["match"] and face["margin"] is None
    left, top, right, bottom = face["box"]
    assert 0 <= left < right <= answer["width_px"] and 0 <= top < bottom <= answer["height_px"]
    assert [each["person"]["name"] for each in face["candidates"]] == ["Barack"]


def test_a_phones_picture_is_recognised(as_operator: APIClient, portraits: Path, media: Path) -> None:
    person = Person.objects.create(name="Eileen")
    enrol_now(who=lambda: person, data=(portraits / "astronaut.png").read_bytes(), name="", by=None)
    heic = (Path(__file__).parents[1] / "recognition" / "pictures" / "heic" / "ten-bits.heic").read_bytes()
    answer = as_operator.post(RECOGNISE, {"image": SimpleUploadedFile("IMG_0001.HEIC", heic)}).json()
    assert [face["person"]["name"] for face in answer["faces"]] == ["Eileen"]
    assert (answer["width_px"], answer["height_px"]) == (512, 512)


def test_a_stranger_has_no_name(as_operator: APIClient, barack: Person, upload: Callable[[str], Any]) -> None:
    (face,) = as_operator.post(RECOGNISE, {"image": upload("biden.jpg")}).json()["faces"]
    assert (face["verdict"], face["person"], face["candidates"]) == ("unknown", None, [])
    assert face["distance"] > 0.36


def test_a_retired_person_is_unknown_at_once(
    as_operator: APIClient, barack: Person, upload: Callable[[str], Any]
) -> None:
    body = {"faces": "biggest"}
    assert as_operator.post(RECOGNISE, {"image": upload("obama2.jpg"), **body}).json()["faces"][0]["person"]
    services.retire_person(person=barack, by=None)
    (face,) = as_operator.post(RECOGNISE, {"image": upload("obama2.jpg"), **body}).json()["faces"]
    assert (face["verdict"], face["distance"]) == ("unknown", None)


def test_another_threshold_moves_the_verdict(
    as_operator: APIClient, barack: Person, upload: Callable[[str], Any]
) -> None:
    answer = as_operator.post(RECOGNISE, {"image": upload("obama2.jpg"), "threshold": 0.05}).json()
    assert answer["faces"][0]["verdict"] == "unknown"
    assert answer["thresholds"] == {"match": 0.05, "review": 0.1, "margin": 0.0}


def test_a_picture_of_nobody_has_no_faces(as_operator: APIClient) -> None:
    answer = as_operator.post(RECOGNISE, {"image": SimpleUploadedFile("a.jpg", picture(side_px=200))})
    assert (answer.status_code, answer.json()["faces"]) == (200, [])


def test_nothing_of_a_picture_is_kept(
    as_operator: APIClient, media: Path, upload: Callable[[str], Any], db: None
) -> None:
    as_operator.post(RECOGNISE, {"image": upload("obama.jpg")})
    assert not Photo.objects.exists() and not Encoding.objects.exists()
    assert not [file for file in media.rglob("*") if file.is_file()]


def test_two_pictures_are_compared(as_operator: APIClient, upload: Callable[[str], Any]) -> None:
    same = as_operator.post(VERIFY, {"image": upload("obama.jpg"), "other": upload("obama2.jpg")}).json()
    assert same["verdict"] == "match" and same["other_face"]["quality"]["overall"] > 0
    other = as_operator.post(VERIFY, {"image": upload("obama.jpg"), "other": upload("biden.jpg")}).json()
    assert other["verdict"] == "unknown" and other["distance"] > same["distance"]


def test_a_picture_is_compared_with_a_person(
    as_operator: APIClient, barack: Person, upload: Callable[[str], Any]
) -> None:
    same = as_operator.post(VERIFY, {"image": upload("obama2.jpg"), "person": str(barack.pk)}).json()
    assert (same["verdict"], same["other_face"]) == ("match", None)
    stranger = as_operator.post(VERIFY, {"image": upload("biden.jpg"), "person": str(barack.pk)}).json()
    assert stranger["verdict"] == "unknown"
    nobody = Person.objects.create(name="Nobody")
    answer = as_operator.post(VERIFY, {"image": upload("biden.jpg"), "person": str(nobody.pk)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image": "text"},
        {"image": SimpleUploadedFile("a.jpg", b"")},
        {"image": SimpleUploadedFile("a.jpg", b"not a picture")},
        {"image": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 100)},
        {"image": SimpleUploadedFile("a.jpg", picture()), "threshold": "nan"},
        {"image": SimpleUploadedFile("a.jpg", picture()), "threshold": "-1"},
        {"image": SimpleUploadedFile("a.jpg", picture()), "faces": "none"},
        {"image": SimpleUploadedFile("a.jpg", picture()), "candidates": "1000"},
        {"image": SimpleUploadedFile("a.jpg", picture()), "subject": "Ada"},
    ],
)
def test_bad_requests_are_refused_with_a_reason(as_operator: APIClient, body: dict[str, Any]) -> None:
    answer = as_operator.post(RECOGNISE, body)
    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_verifying_needs_one_thing_to_compare_with(
    as_operator: APIClient, barack: Person, upload: Callable[[str], Any]
) -> None:
    for more in ({}, {"person": str(barack.pk), "other": upload("biden.jpg")}, {"person": "x"}, {"person": "\0"}):
        assert as_operator.post(VERIFY, {"image": upload("obama.jpg"), **more}).status_code == 400
    nobody = SimpleUploadedFile("a.jpg", picture(side_px=200))
    answer = as_operator.post(VERIFY, {"image": nobody, "person": str(barack.pk)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_face")


def test_who_comes_too_many_at_once_is_told_when_to_come_back(
    as_operator: APIClient, upload: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def look(self, picture: object) -> None:
            raise Busy(retry_after_s=7)

    monkeypatch.setattr(uploaded, "recognisers", Full)
    answer = as_operator.post(RECOGNISE, {"image": upload("obama.jpg")})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json()["error"]["code"] == "busy"


def test_hostile_pictures_are_refused_and_the_child_goes_on(
    as_operator: APIClient, shared_faces: Path, upload: Callable[[str], Any]
) -> None:
    for name in ("bomb_20000x20000.png", "lying_header.jpg", "huge_9600x9600.png", "text_renamed.jpg"):
        file = SimpleUploadedFile(name, (shared_faces / "bad" / name).read_bytes())
        assert as_operator.post(RECOGNISE, {"image": file}).status_code == 400
    assert len(as_operator.post(RECOGNISE, {"image": upload("obama.jpg")}).json()["faces"]) == 1
