"""Photos of screens are told by the screen's grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.evaluation.screens import Recapture, on_screen
from people.recognition.evaluation.spoiled import SPOILINGS
from people.recognition.pictures.images import decode
from people.recognition.reading.doubts import doubt
from people.recognition.reading.screens import GRID, grid
from people.recognition.types import Box, Image
from tests.people.recognition.conftest import MAX_BYTES

ANYWHERE = Box(200, 200, 400, 400)


@pytest.fixture
def portrait(obama: Image) -> Image:
    return resized(obama, 0.5)


@pytest.mark.parametrize("taken", [Recapture(2.4, 7, 0.03, 0.2), Recapture(2.1, -6, 0.0, 0.3, mosaic=True)])
def test_a_photo_of_a_screen_is_for_a_look(engine: Engine, portrait: Image, taken: Recapture) -> None:
    (face,) = engine.detect(portrait)
    seen = on_screen(portrait, face.box, taken)
    found = engine.detect(seen)[0]
    assert grid(seen, found.box) > GRID
    assert doubt(seen, found) == ("photo_of_screen", {})


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_a_spoiled_photo_is_not(engine: Engine, portrait: Image, spoiling: str) -> None:
    spoiled = SPOILINGS[spoiling](portrait)
    (face,) = engine.detect(spoiled)
    assert grid(spoiled, face.box) < GRID


def test_neither_are_pictures_of_groups(engine: Engine, shared_faces: Path) -> None:
    for path in sorted((shared_faces / "group").glob("dlib*.jpg")):
        image = decode(path.read_bytes(), max_bytes=MAX_BYTES)
        assert all(grid(image, face.box) < GRID for face in engine.detect(image, 50)), path


def noise(side: int) -> Image:
    return np.random.default_rng(0).normal(128, 5, (side, side, 3)).clip(0, 255).astype(np.uint8)


def waves(side: int, across: float, down: float) -> Image:
    y, x = np.indices((side, side))
    wave = 12 * np.sin(2 * np.pi * (across * x + down * y))
    return np.asarray((noise(side) + wave[..., None]).clip(0, 255), np.uint8)


def test_waves_count_if_they_are_slanted_and_everywhere() -> None:
    assert grid(waves(600, 0.33, 0.08), ANYWHERE) > GRID
    assert grid(waves(600, 0.33, 0.0), ANYWHERE) < GRID
    assert grid(noise(600), ANYWHERE) < GRID


def test_stripes_in_one_part_are_a_shirt() -> None:
    shirt = noise(600)
    shirt[350:, :300] = waves(600, 0.33, 0.08)[350:, :300]
    assert grid(shirt, ANYWHERE) < GRID


def test_a_picture_that_is_small_or_smooth_tells_nothing() -> None:
    assert grid(waves(200, 0.33, 0.08), Box(50, 50, 150, 150)) == 0
    assert grid(np.full((600, 600, 3), 90, np.uint8), ANYWHERE) == 0
