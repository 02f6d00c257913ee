"""What would become of a picture is told before it is saved, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from people.enrolling import checking
from people.enrolling.checking import check_picture
from people.enrolling.enrolment import claim_photo, record_reading
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Vector
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, picture, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
ENGINE = "e"
Says = Callable[[PhotoReading], None]


@pytest.fixture
def reader_says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Sets what the recogniser answers."""

    def say(reading: PhotoReading) -> None:
        class Reader:
            def read(self, data: bytes, *, max_bytes: int, engine: str) -> tuple[PhotoReading, str]:
                return reading, ENGINE

        monkeypatch.setattr(checking, "recognisers", Reader)

    return say


def good(vector: Vector) -> PhotoReading:
    return PhotoReading("ok", vector=vector, detail={"face_px": 100})


def enrolled(photo: Photo, vector: Any) -> None:
    Encoding.objects.create(photo=photo, engine=ENGINE, vector=vector, quality=0.8)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")


def test_a_good_picture_is_good_and_nothing_of_it_is_stored(reader_says: Says, ada: Person) -> None:
    reader_says(good(unit_vector(1)))
    check = check_picture(picture(), "1.jpg", person=ada)
    assert (check.code, check.sentence) == ("ok", "One clear face.")
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (b"hello", "not_an_image"), (b"<svg xmlns='x'/>", "format_not_supported")]
)
def test_a_file_that_is_no_picture_is_not_even_read(data: bytes, code: str) -> None:
    check = check_picture(data, "x.jpg", person=None)
    assert (check.code, check.sha256) == (code, "")


def test_the_sentence_is_that_of_enrolment(reader_says: Says, ada: Person, add: Callable[..., Photo]) -> None:
    reading = PhotoReading("face_too_small", detail={"face_px": 31, "wanted_px": 50})
    reader_says(reading)
    check = check_picture(picture(), "1.jpg", person=ada)
    photo = add(ada)
    claim = claim_photo("test")
    assert claim
    record_reading(claim, reading, ENGINE)
    photo.refresh_from_db()
    assert check.code == photo.reason
    assert check.sentence.startswith("The face is too small.")
    assert "50 pixels" in check.sentence


def test_several_faces_are_to_be_decided_about(reader_says: Says) -> None:
    reader_says(PhotoReading("several_faces", detail={"faces": 2}))
    assert check_picture(picture(), "1.jpg", person=None).to_decide


def test_the_same_file_and_the_same_picture_again_are_told(
    reader_says: Says, ada: Person, grace: Person, add: Callable[..., Photo]
) -> None:
    enrolled(add(ada, 1), unit_vector(1))
    assert check_picture(picture(1), "copy.jpg", person=ada).code == "already_there"
    reader_says(good(near(unit_vector(1), 0.03)))
    assert check_picture(picture(2), "smaller.jpg", person=ada).code == "near_duplicate"
    assert check_picture(picture(2), "smaller.jpg", person=None).code == "ok"


def test_whom_else_a_face_resembles_is_not_told(
    reader_says: Says, ada: Person, grace: Person, add: Callable[..., Photo]
) -> None:
    enrolled(add(grace, 1), unit_vector(1))
    reader_says(good(near(unit_vector(1), 0.1)))
    assert check_picture(picture(2), "2.jpg", person=ada).code == "ok"
