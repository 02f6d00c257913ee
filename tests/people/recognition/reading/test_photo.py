"""The verdict on enrolment photos: good, bad and hostile ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.pictures.images import jpeg
from people.recognition.reading.face_encoding import encode_face
from people.recognition.reading.photo import PhotoReading, read_photo
from people.recognition.reading.probing import ProbePicture, probe_picture
from people.recognition.reading.turned import turned
from people.recognition.types import Box, Image
from tests.people.recognition.conftest import MAX_BYTES

EXPECTED = {
    "bad/bad_crc.png": "truncated",
    "bad/bitrot.jpg": "truncated",
    "bad/bomb_20000x20000.png": "too_many_pixels",
    "bad/bw1.png": "unclear",
    "bad/compreface/corrupted.png": "not_an_image",
    "bad/compreface/empty.png": "not_an_image",
    "bad/compreface/truncated.jpg": "truncated",
    "bad/header_only.jpg": "truncated",
    "bad/html_renamed.png": "not_an_image",
    "bad/huge_9600x9600.png": "too_many_pixels",
    "bad/lying_header.jpg": "too_many_pixels",
    "bad/one_pixel.png": "too_small",
    "bad/quality/blurred.jpg": "ok",
    "bad/quality/bright.jpg": "too_bright",
    "bad/quality/dark.jpg": "too_dark",
    "bad/quality/obama_partial_face.jpg": "face_cut",
    "bad/quality/obama_partial_face2.jpg": "face_cut",
    "bad/quality/q3.jpg": "ok",
    "bad/quality/small_in_large.jpg": "face_too_small",
    "bad/quality/tiny_48px.jpg": "too_small",
    "bad/script.svg": "format_not_supported",
    "bad/strip_4000x3.jpg": "too_small",
    "bad/text_renamed.jpg": "not_an_image",
    "bad/truncated.png": "truncated",
    "bad/truncated_half.jpg": "truncated",
    "bad/truncated_tail.jpg": "truncated",
    "bad/zero_bytes.jpg": "empty",
    "bad/zip_renamed.jpg": "not_an_image",
}
"""Every other file of the folder is an odd format of a good photo and must be enrolled."""


def read(engine: Engine, image: Image | bytes, chosen_box: Box | None = None) -> PhotoReading:
    data = image if isinstance(image, bytes) else jpeg(image, quality=95)
    return read_photo(engine, data, chosen_box=chosen_box, max_bytes=MAX_BYTES)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of broken EXIF
def test_every_bad_file_gets_its_verdict(engine: Engine, shared_faces: Path, labels: dict[str, Any]) -> None:
    bad = [path for path, label in labels.items() if label["kind"] == "bad"]
    found = {path: read(engine, (shared_faces / path).read_bytes()).verdict for path in bad}
    assert found == {path: EXPECTED.get(path, "ok") for path in bad}
    allowed = {path for path in bad if labels[path]["expect"]["faces"] in (1, "1-if-scaled")}
    assert allowed <= {path for path, verdict in found.items() if verdict == "ok"}


def test_a_file_over_the_limit_tells_the_limit(engine: Engine) -> None:
    reading = read_photo(engine, b"x" * 1_500_001, chosen_box=None, max_bytes=1_500_000)
    assert (reading.verdict, reading.detail) == ("too_many_bytes", {"limit_mb": 1.5})


def test_pictures_without_a_face_have_none(engine: Engine, shared_faces: Path) -> None:
    for path in sorted((shared_faces / "none").iterdir())[:3]:
        assert read(engine, path.read_bytes()).verdict == "no_face"


def test_a_good_photo_is_enrolled(engine: Engine, portraits: Path) -> None:
    reading = read(engine, (portraits / "obama.jpg").read_bytes())
    assert reading.verdict == "ok"
    assert (reading.width_px, reading.height_px) == (910, 1137)
    assert reading.face in reading.faces
    assert reading.vector is not None
    assert np.linalg.norm(reading.vector) == pytest.approx(1, abs=1e-6)
    assert reading.quality is not None
    assert reading.quality.overall > 0.9
    assert reading.crop_jpeg is not None
    assert reading.crop_jpeg.startswith(b"\xff\xd8")


def test_ordinary_photos_of_people_are_enrolled(engine: Engine, shared_faces: Path) -> None:
    for path in sorted((shared_faces / "people").glob("*/3.jpg"))[:6]:
        reading = read(engine, path.read_bytes())
        assert reading.verdict == "ok", path
        assert reading.quality is not None
        assert reading.quality.overall > 0.5, path


def test_boxes_of_a_photo_that_is_decoded_small_are_in_its_full_size(engine: Engine, obama: Image) -> None:
    usual = read(engine, obama)
    huge = read(engine, jpeg(np.asarray(cv2.resize(obama, (5700, 7200)), np.uint8)))
    assert (huge.verdict, huge.width_px, huge.height_px) == ("ok", 5700, 7200)
    assert usual.face is not None
    assert huge.face is not None
    assert Box(*(round(side * 5700 / 910) for side in usual.face.box)).iou(huge.face.box) > 0.7
    assert huge.face.landmarks.max() > 2000
    assert huge.detail == {"face_px": pytest.approx(huge.face.box.width, abs=2)}
    assert huge.faces[0].box == huge.face.box
    assert huge.vector is not None
    assert np.linalg.norm(huge.vector - usual.vector) < 0.2  # moving a photo by 3 px does 0.12 on average


def test_a_huge_photo_is_encoded_again_and_probed_at_its_full_size(engine: Engine, obama: Image) -> None:
    data = jpeg(np.asarray(cv2.resize(obama, (5700, 7200)), np.uint8))
    first = read(engine, data)
    assert first.face is not None
    again = encode_face(engine, data, box=first.face.box, max_bytes=MAX_BYTES)
    assert again.vector is not None
    assert np.linalg.norm(again.vector - first.vector) < 0.05
    probes = probe_picture(engine, ProbePicture(data, MAX_BYTES))
    assert (probes.width_px, probes.height_px) == (5700, 7200)
    assert probes.found[0].face.box.iou(first.face.box) > 0.6
    chosen = read(engine, data, chosen_box=first.face.box).face
    assert chosen is not None
    assert chosen.box.iou(first.face.box) > 0.85  # now it is found by the look at everything


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_on_its_side_is_turned_and_enrolled(engine: Engine, obama: Image, degrees: int) -> None:
    lying = jpeg(turned(resized(obama, 0.5), 360 - degrees), quality=95)
    reading = read(engine, lying)
    assert (reading.verdict, reading.turned_degrees) == ("ok", degrees)
    assert (reading.width_px, reading.height_px) == (455, 568)
    assert reading.picture_jpeg is not None
    again = read(engine, reading.picture_jpeg)  # what is stored
    assert (again.verdict, again.turned_degrees, again.picture_jpeg) == ("ok", 0, None)
    assert again.face is not None
    assert reading.face is not None
    assert again.face.box == reading.face.box


def test_a_turned_photo_keeps_its_pixels_if_it_is_a_jpeg_and_is_made_a_jpeg_if_not(
    engine: Engine, astronaut: Image
) -> None:
    lying = turned(astronaut, 180)
    data = jpeg(lying, quality=95)
    stored = read(engine, data).picture_jpeg
    assert stored is not None
    assert stored[-1000:] == data[-1000:]
    done, png = cv2.imencode(".png", lying[:, :, ::-1])
    assert done
    reading = read(engine, png.tobytes())
    assert (reading.verdict, reading.turned_degrees) == ("ok", 180)
    assert reading.picture_jpeg is not None
    assert reading.picture_jpeg[:2] == b"\xff\xd8"


def test_an_upright_photo_is_not_turned(engine: Engine, portraits: Path) -> None:
    reading = read(engine, (portraits / "obama.jpg").read_bytes())
    assert (reading.turned_degrees, reading.picture_jpeg) == (0, None)


def side_by_side(left: Image, right: Image) -> Image:
    height = max(left.shape[0], right.shape[0])
    rows = [np.pad(image, ((0, height - image.shape[0]), (0, 0), (0, 0))) for image in (left, right)]
    return np.concatenate(rows, axis=1)


def test_of_several_faces_one_has_to_be_chosen(engine: Engine, obama: Image, astronaut: Image) -> None:
    both = side_by_side(resized(obama, 0.5), astronaut)
    reading = read(engine, both)
    assert reading.verdict == "several_faces"
    assert reading.detail == {"faces": 2}
    assert reading.vector is None
    assert reading.crop_jpeg is None
    for face in reading.faces:
        chosen = read(engine, both, chosen_box=face.box)
        assert chosen.verdict == "ok"
        assert chosen.face is not None
        assert chosen.face.box == face.box


def test_a_small_bystander_does_not_count(engine: Engine, obama: Image, astronaut: Image) -> None:
    reading = read(engine, side_by_side(obama, resized(astronaut, 0.6)))
    assert reading.verdict == "ok"
    assert len(reading.faces) == 2
    assert reading.face == reading.faces[0]


@pytest.mark.parametrize("share", [0.4, 0.6, 0.9])
def test_a_second_face_beside_a_large_one_has_to_be_chosen_from(
    engine: Engine, obama: Image, astronaut: Image, share: float
) -> None:
    """The face that is found by the quick look is 180 px wide; the other is looked for as closely as it takes."""
    (near,), (other,) = engine.detect(obama), engine.detect(astronaut)
    picture = side_by_side(obama, resized(astronaut, share * near.box.width / other.box.width))
    assert read(engine, picture).verdict == "several_faces"


def test_a_small_face_is_told_from_none(engine: Engine, astronaut: Image) -> None:
    reading = read(engine, resized(astronaut, 0.38))
    assert reading.verdict == "face_too_small"
    assert reading.detail["face_px"] < reading.detail["wanted_px"]


def test_a_dark_blurred_or_burnt_face_is_told(engine: Engine, obama: Image) -> None:
    small = resized(obama, 0.5)
    assert read(engine, (small * 0.12).astype(np.uint8)).verdict == "too_dark"
    assert read(engine, np.clip(small * 2.2 + 40, 0, 255).astype(np.uint8)).verdict == "too_bright"
    assert read(engine, np.asarray(cv2.GaussianBlur(small, (0, 0), 5), np.uint8)).verdict == "blurred"


def test_a_face_at_the_edge_is_cut(engine: Engine, obama: Image) -> None:
    (face,) = engine.detect(obama)
    cut = obama[:, face.box.left + face.box.width // 8 :]
    assert read(engine, np.ascontiguousarray(cut)).verdict == "face_cut"


def test_a_box_drawn_by_hand_is_judged_too(engine: Engine, obama: Image) -> None:
    reading = read(engine, obama, chosen_box=Box(0, 0, 20, 20))
    assert reading.verdict == "face_too_small"
    assert reading.detail == {"face_px": 20, "wanted_px": 50}


def test_a_box_outside_the_picture_is_a_cut_face(engine: Engine, obama: Image) -> None:
    assert read(engine, obama, chosen_box=Box(5000, 5000, 5100, 5100)).verdict == "face_cut"
    assert read(engine, obama, chosen_box=Box(10, 10, 10, 10)).verdict == "face_too_small"
