"""Drawings are told from photos by marks of the face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.evaluation.drawing_styles import STYLES
from people.recognition.evaluation.spoiled import SPOILINGS
from people.recognition.pictures.images import decode
from people.recognition.reading.doubts import doubt
from people.recognition.reading.drawings import Strokes, is_drawn
from people.recognition.types import Image
from tests.people.recognition.conftest import MAX_BYTES


@pytest.fixture
def portrait(obama: Image) -> Image:
    return resized(obama, 0.5)


@pytest.mark.parametrize("style", ["cartoon", "poster", "ink", "pencil, soft", "clip art", "comic"])
def test_a_drawing_is_for_a_look(engine: Engine, portrait: Image, style: str) -> None:
    (face,) = engine.detect(portrait)
    drawn = STYLES[style](portrait)
    assert is_drawn(drawn, face)
    found = doubt(drawn, face)
    assert found is not None
    assert found[0] in ("drawing", "mouth_covered")  # black lines around a mouth may look like a mask


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_a_spoiled_photo_is_not(engine: Engine, portrait: Image, spoiling: str) -> None:
    spoiled = SPOILINGS[spoiling](portrait)
    (face,) = engine.detect(spoiled)
    assert not is_drawn(spoiled, face)


def test_neither_are_photos_of_people(engine: Engine, shared_faces: Path) -> None:
    seen = 0
    for path in sorted((shared_faces / "people").glob("*/1.*")):
        image = decode(path.read_bytes(), max_bytes=MAX_BYTES)
        shown = resized(image, min(1.0, 1024 / max(image.shape[:2])))
        for face in engine.detect(shown)[:1]:
            seen += 1
            assert not is_drawn(shown, face), path
    assert seen >= 12


def test_a_large_face_is_judged_as_a_small_one(engine: Engine, obama: Image) -> None:
    large = np.asarray(cv2.resize(obama, None, fx=1.5, fy=1.5), np.uint8)
    (face,) = engine.detect(large)
    assert face.box.width > 300
    assert not is_drawn(large, face)
    assert is_drawn(STYLES["ink"](large), face)


def test_a_face_of_one_grey_has_all_measures() -> None:
    even = Strokes.of(np.full((112, 112, 3), 128, np.uint8))
    assert (even.lines, even.hard, even.flat, even.black, even.white) == (0, 0, 1, 0, 0)


def test_overexposed_light_is_no_drawing() -> None:
    ramp = np.broadcast_to(np.linspace(150, 330, 112).clip(0, 255)[None, :, None], (112, 112, 3)).astype(np.uint8)
    assert Strokes.of(ramp).white > 0.3
    assert not Strokes.of(ramp).is_drawn
