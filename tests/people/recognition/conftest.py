"""Fixtures of the recognition tests: the loaded engine and the demo portraits as images."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from people.recognition.engine.engine import Engine
from people.recognition.pictures.images import decode
from people.recognition.types import Image

MAX_BYTES = 15_000_000


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load(Path(settings.MODEL_CACHE))


@pytest.fixture(scope="session")
def obama(portraits: Path) -> Image:
    return decode((portraits / "obama.jpg").read_bytes(), max_bytes=MAX_BYTES)


@pytest.fixture(scope="session")
def astronaut(portraits: Path) -> Image:
    return decode((portraits / "astronaut.png").read_bytes(), max_bytes=MAX_BYTES)
