"""A person, and clients of the three actors."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from people.editing import services
from people.records.person import Person
from people.records.photo import Photo
from tests.api import client_of


@pytest.fixture
def as_operator(operator: User) -> APIClient:
    return client_of(operator)


@pytest.fixture
def as_viewer(viewer: User) -> APIClient:
    return client_of(viewer)


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Lovelace", external_id="A-1")


@pytest.fixture
def portrait(portraits: Path) -> bytes:
    return (portraits / "astronaut.png").read_bytes()


@pytest.fixture
def photo(ada: Person, portrait: bytes, media: Path) -> Photo:
    """Waits to be read."""
    return services.add_photo(person=ada, file=portrait, original_name="ada.png", by=None)


def held_for_review(photo: Photo) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(
        state="review",
        reason="looks_like_other",
        reason_detail={"distance": 0.41},
        faces=[{"box": [10, 20, 110, 120], "score": 1.1, "quality": {"size": 1.0, "sharpness": 0.9}}],
    )
    photo.refresh_from_db()
    return photo
