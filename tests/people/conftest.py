"""People, small pictures made on the spot, and readings as the reader would give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from people.editing import services
from people.recognition.engine.kinds import OFFERED
from people.records.person import Person
from people.records.photo import Photo


def picture(seed: int = 0, kind: str = "JPEG", side_px: int = 64) -> bytes:
    """A small picture without a face, different for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).resize((side_px, side_px)).save(file, kind)
    return file.getvalue()


def unit_vector(seed: int, width: int = OFFERED[0].width) -> Any:
    """(width,) float32 of unit length; two seeds are about 1.4 apart."""
    vector = np.random.default_rng(seed).normal(size=width).astype(np.float32)
    return vector / np.linalg.norm(vector)


def near(vector: Any, distance: float, seed: int = 99) -> Any:
    """A unit vector at `distance` from `vector`."""
    other = unit_vector(seed, len(vector))
    sideways = other - vector * (other @ vector)
    sideways /= np.linalg.norm(sideways)
    cosine = 1 - distance**2 / 2
    return (vector * cosine + sideways * np.sqrt(1 - cosine**2)).astype(np.float32)


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Pages need no manifest of collected static files."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Lovelace")


@pytest.fixture
def grace(db: None) -> Person:
    return Person.objects.create(name="Grace Hopper")


@pytest.fixture
def add(media: Path) -> Callable[..., Photo]:
    """Add a waiting photo to a person."""

    def add_photo(person: Person, seed: int = 0, name: str = "") -> Photo:
        return services.add_photo(person=person, file=picture(seed), original_name=name or f"{seed}.jpg", by=None)

    return add_photo


@pytest.fixture
def operator_client(operator: Any, client: Client) -> Iterator[Client]:
    client.force_login(operator)
    yield client
