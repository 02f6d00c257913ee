"""Each named constraint, broken once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from people.records.encoding import Encoding
from people.records.gallery_version import GalleryVersion
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db


def photo(person: Person, **values: Any) -> Photo:
    return Photo.objects.create(person=person, image="photos/x", **{"sha256": "s", **values})


def encoding(person: Person, **values: Any) -> Encoding:
    given = {"engine": "e", "vector": unit_vector(1), "quality": 0.5, **values}
    return Encoding.objects.create(photo=given.pop("photo", None) or photo(person), **given)


def test_a_person_has_a_name() -> None:
    with pytest.raises(IntegrityError, match="person_has_a_name"):
        Person.objects.create(name="")


def test_an_external_id_is_missing_rather_than_empty() -> None:
    with pytest.raises(IntegrityError, match="person_external_id_not_empty"):
        Person.objects.create(name="Ada", external_id="")


def test_a_person_has_a_file_once(ada: Person) -> None:
    photo(ada)
    with pytest.raises(IntegrityError, match="photo_once_per_person"):
        photo(ada)


@pytest.mark.parametrize("state", ["rejected", "review", "choose"])
def test_a_photo_that_is_not_enrolled_says_why(ada: Person, state: str) -> None:
    with pytest.raises(IntegrityError, match="photo_not_enrolled_says_why"):
        photo(ada, state=state)


def test_a_photo_has_one_encoding_per_engine(ada: Person) -> None:
    first = encoding(ada)
    with pytest.raises(IntegrityError, match="encoding_once_per_photo_and_engine"):
        encoding(ada, photo=first.photo)


@pytest.mark.parametrize("quality", [-0.1, 1.1])
def test_quality_is_between_0_and_1(ada: Person, quality: float) -> None:
    with pytest.raises(IntegrityError, match="encoding_quality_0_to_1"):
        encoding(ada, quality=quality)


def test_there_is_one_gallery_version() -> None:
    with pytest.raises(IntegrityError, match="gallery_version_is_one_row"):
        GalleryVersion.objects.create(id=2)
