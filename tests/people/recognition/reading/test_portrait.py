"""Portraits are looked at quickly, and decoded only as large as their face needs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.errors import BadImage
from people.recognition.pictures.images import jpeg
from people.recognition.reading.portrait import LARGE_PX, decode_photo, portrait
from people.recognition.types import Box, Image
from tests.people.recognition.conftest import MAX_BYTES


def enlarged(image: Image, width: int) -> Image:
    return np.asarray(cv2.resize(image, (width, round(width * image.shape[0] / image.shape[1]))), np.uint8)


def amid_black(image: Image, width: int, height: int) -> Image:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: image.shape[0], : image.shape[1]] = image
    return picture


def scale(engine: Engine, image: Image, box: Box | None = None) -> float:
    return decode_photo(engine, jpeg(image), box=box, max_bytes=MAX_BYTES).scale


def test_one_upright_face_is_a_portrait(engine: Engine, obama: Image) -> None:
    (face,) = portrait(engine, obama)
    assert face.box.iou(engine.detect(obama)[0].box) > 0.7


def test_two_faces_a_lying_one_and_none_are_no_portrait(engine: Engine, obama: Image) -> None:
    assert portrait(engine, np.concatenate([obama, obama], axis=1)) == []
    assert portrait(engine, np.ascontiguousarray(np.rot90(obama))) == []
    assert portrait(engine, np.zeros_like(obama)) == []


def test_a_large_jpeg_with_a_large_face_is_decoded_half_as_wide(engine: Engine, obama: Image) -> None:
    large = enlarged(obama, 2400)
    picture = decode_photo(engine, jpeg(large), box=None, max_bytes=MAX_BYTES)
    assert (picture.width_px, picture.height_px) == (large.shape[1], large.shape[0])
    assert picture.image.shape[1] == 1200


def test_a_smaller_photo_a_smaller_face_and_two_faces_are_decoded_whole(engine: Engine, obama: Image) -> None:
    assert scale(engine, enlarged(obama, 2000)) == 1
    assert scale(engine, amid_black(obama, 3000, 2200)) == 1  # 257 px become 128
    assert scale(engine, np.concatenate([enlarged(obama, 2000)] * 2, axis=1)) == 1


def test_the_face_that_is_known_decides(engine: Engine, obama: Image) -> None:
    large = enlarged(obama, 2400)
    assert scale(engine, large, Box(100, 100, 100 + 2 * LARGE_PX - 20, 400)) == 1
    assert scale(engine, large, Box(100, 100, 120 + 2 * LARGE_PX, 400)) == 2


def test_a_damaged_photo_is_refused_at_any_size(engine: Engine, obama: Image) -> None:
    with pytest.raises(BadImage, match="incomplete"):
        decode_photo(engine, jpeg(enlarged(obama, 2400))[:-5000], box=None, max_bytes=MAX_BYTES)
