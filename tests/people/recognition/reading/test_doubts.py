"""What about a good face somebody should look at: a strong tilt, a covered mouth."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.engine.quality import tilt
from people.recognition.pictures.images import decode, jpeg
from people.recognition.reading.doubts import doubt, mouth_against_cheeks
from people.recognition.reading.photo import read_photo
from people.recognition.types import Image
from tests.people.recognition.conftest import MAX_BYTES


def tilted(image: Image, degrees: float) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def masked(engine: Engine, image: Image, colour: tuple[int, int, int]) -> Image:
    """Paints a mask of one colour from the nose to below the chin."""
    (face,) = engine.detect(image)
    box, nose = face.box, face.landmarks[4]
    made = image.copy()
    left, right = box.left + box.width // 8, box.right - box.width // 8
    made[int(nose[1]) : box.bottom, left:right] = colour
    return made


@pytest.fixture
def portrait(obama: Image) -> Image:
    return resized(obama, 0.5)


@pytest.mark.parametrize("degrees", [-35, 35])
def test_a_strong_tilt_is_for_a_look(engine: Engine, portrait: Image, degrees: int) -> None:
    image = tilted(portrait, degrees)
    (face,) = engine.detect(image)
    assert tilt(face.landmarks) == pytest.approx(degrees, abs=6)
    assert doubt(image, face) == ("tilted", {"tilt_degrees": pytest.approx(35, abs=6)})


@pytest.mark.parametrize("colour", [(150, 190, 215), (235, 235, 235), (120, 170, 140)])
def test_a_mask_is_for_a_look(engine: Engine, portrait: Image, colour: tuple[int, int, int]) -> None:
    (face,) = engine.detect(portrait)
    found = doubt(masked(engine, portrait, colour), face)
    assert found is not None
    assert found[0] == "mouth_covered"


def test_ordinary_portraits_are_not(engine: Engine, portraits: Path) -> None:
    for name in ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png"):
        reading = read_photo(engine, (portraits / name).read_bytes(), chosen_box=None, max_bytes=MAX_BYTES)
        assert (reading.verdict, reading.doubt) == ("ok", ""), name


def test_a_tilted_photo_is_encoded_all_the_same(engine: Engine, portrait: Image) -> None:
    reading = read_photo(engine, jpeg(tilted(portrait, 32)), chosen_box=None, max_bytes=MAX_BYTES)
    assert (reading.verdict, reading.doubt) == ("ok", "tilted")
    assert reading.vector is not None


def test_none_of_the_photos_of_people_is_for_a_look(engine: Engine, shared_faces: Path) -> None:
    seen = 0
    for path in sorted((shared_faces / "people").glob("*/2.*")):
        image = decode(path.read_bytes(), max_bytes=MAX_BYTES)
        shown = resized(image, min(1.0, 1024 / max(image.shape[:2])))
        for face in engine.detect(shown)[:1]:
            seen += 1
            assert doubt(shown, face) is None, path
    assert seen >= 12


def test_points_in_one_place_are_no_doubt() -> None:
    assert mouth_against_cheeks(np.zeros((50, 50, 3), np.uint8), np.zeros((5, 2), np.float32)) == (0.0, 0.0)
