"""Which face of a photo is evaluated, and photos or tables that are not what they should be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import call_command

from people.recognition.engine.engine import Engine
from people.recognition.engine.mmod import resized
from people.recognition.evaluation.methods import Ours, central
from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Box, Image
from tests.people.recognition.conftest import MAX_BYTES

BENCHMARK_PX, FACE_PX = 250, 100
"""LFW's pictures, and how wide faces are in them."""


def as_in_a_benchmark(engine: Engine, image: Image, angle: float) -> Image:
    """The face in the middle of a small square, turned, and pressed as usual."""
    face = Ours(engine).face(image)
    assert face is not None
    (x, y), scale = face.box.centre, FACE_PX / face.box.width
    turn = cv2.getRotationMatrix2D((x, y), angle, scale)
    turn[:, 2] += BENCHMARK_PX / 2 - np.array([x, y])
    size = (BENCHMARK_PX, BENCHMARK_PX)
    turned = cv2.warpAffine(image, turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return decode(jpeg(np.asarray(turned, np.uint8), 75), max_bytes=MAX_BYTES)


def is_in_the_middle(image: Image, box: Box) -> bool:
    off = np.hypot(box.centre[0] - image.shape[1] / 2, box.centre[1] - image.shape[0] / 2)
    return float(off) < box.width / 2


def test_the_face_nearest_to_the_middle_counts_not_the_biggest() -> None:
    boxes = [Box(0, 0, 60, 60), Box(40, 40, 56, 56), Box(80, 80, 100, 100)]
    assert central(np.zeros((100, 100, 3), np.uint8), boxes, lambda box: box) == boxes[1]
    assert central(np.zeros((100, 100, 3), np.uint8), [], lambda box: box) is None


def test_of_two_people_the_one_in_the_middle_is_evaluated(engine: Engine, obama: Image, astronaut: Image) -> None:
    middle, beside = as_in_a_benchmark(engine, astronaut, 0), resized(obama, 250 / obama.shape[0])
    beside = np.ascontiguousarray(beside[:, :200])
    both = np.hstack([np.full_like(beside, 128), middle, beside])
    ours = Ours(engine)
    found, alone, other = ours.encode(both), ours.encode(astronaut), ours.encode(obama)
    assert found is not None and alone is not None and other is not None
    assert np.linalg.norm(found - alone) < 0.2 < 0.4 < np.linalg.norm(found - other)


@pytest.mark.parametrize("angle", [-20, 0, 20])
def test_a_turned_face_of_a_benchmark_is_found_in_the_middle(
    engine: Engine, obama: Image, astronaut: Image, angle: float
) -> None:
    for portrait in (obama, astronaut):
        image = as_in_a_benchmark(engine, portrait, angle)
        face = Ours(engine).face(image)
        assert face is not None and is_in_the_middle(image, face.box)


@pytest.mark.integration
@pytest.mark.timeout(400)
def test_no_face_of_a_real_photo_is_missed_as_a_benchmark_shows_it(engine: Engine, shared_faces: Path) -> None:
    missed = []
    for path in sorted((shared_faces / "people").glob("*/[12].*")):
        photo = decode(path.read_bytes(), max_bytes=100_000_000)
        image = as_in_a_benchmark(engine, photo, 20)
        face = Ours(engine).face(image)
        if face is None or not is_in_the_middle(image, face.box):
            missed.append(path.name)
    assert missed == []


def test_a_face_of_a_thirtieth_of_the_picture_is_found_by_the_last_look(engine: Engine, astronaut: Image) -> None:
    image = np.full((1000, 1600, 3), 128, np.uint8)
    small = as_in_a_benchmark(engine, resized(astronaut, 0.9), 0)
    small = resized(small, 0.45)
    image[400 : 400 + small.shape[0], 700 : 700 + small.shape[1]] = small
    assert engine.detect(image, 1600 // 25) == []
    face = Ours(engine).face(image)
    assert face is not None and face.box.width == pytest.approx(0.45 * FACE_PX, rel=0.2)


def evaluated(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("evaluate", json=True, stdout=out, **options)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def test_whatever_a_table_names_is_counted_and_listed(portraits: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes((portraits / "obama.jpg").read_bytes())
    (tmp_path / "grey.png").write_bytes(jpeg(np.full((200, 200, 3), 128, np.uint8)))
    (tmp_path / "text.jpg").write_text("no photo")
    (tmp_path / "empty.jpg").write_bytes(b"")
    others = [
        "grey.png",
        "text.jpg",
        "empty.jpg",
        "missing.jpg",
        "",
        "zero\0byte.jpg",
        "x" * 300 + ".jpg",
        "photo.jpg/in",
    ]
    rows = "".join(f'photo.jpg,"{other}",1,dev\r\n' for other in others)
    table = tmp_path / "pairs.csv"
    table.write_bytes(b"\xef\xbb\xbfpath_a,path_b,same,set\r\n" + rows.encode())  # as Excel writes it
    report = evaluated(root=tmp_path, pairs=table)
    assert (report["verification"]["pairs"], report["verification"]["undetected"]) == (8, 8)
    assert report["verification"]["accuracy"] == 0
    assert set(report["failures"]) == set(others)
    assert report["failures"]["grey.png"] == "no_face"


def test_an_open_set_without_a_gallery_or_without_anything_is_counted_too(portraits: Path, tmp_path: Path) -> None:
    table = tmp_path / "identification.csv"
    table.write_text("role,person,path\nprobe,obama,obama.jpg\nunknown,,biden.jpg\n")
    found = evaluated(root=portraits, identification=table)["identification"]
    assert (found["probes"], found["missed"], found["strangers"], found["strangers_named"]) == (1, 1, 1, 0)
    table.write_text("role,person,path\n")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("path_a,path_b,same\n")
    report = evaluated(root=portraits, identification=table, pairs=pairs, plot=tmp_path / "det.png")
    assert report["identification"]["probes"] == report["verification"]["pairs"] == 0


def test_the_figures_have_the_names_that_other_programs_read(portraits: Path, tmp_path: Path) -> None:
    pairs, identification = tmp_path / "pairs.csv", tmp_path / "identification.csv"
    pairs.write_text("path_a,path_b,same\n")
    identification.write_text("role,person,path\n")
    report = evaluated(root=portraits, pairs=pairs, identification=identification)
    assert {"verification", "identification", "engine", "seconds"} <= set(report)
    assert set(report["verification"]) == {
        *("pairs", "undetected", "threshold", "accuracy", "best_accuracy", "best_threshold", "fnmr_at_fmr")
    }
    assert set(report["verification"]["fnmr_at_fmr"]) == {"0.01", "0.001", "0.0001"}
    assert set(report["identification"]) == {
        *("probes", "right", "wrong", "review", "missed", "strangers", "strangers_named", "strangers_review"),
        "right_when_strangers_named",
    }
    assert set(report["identification"]["right_when_strangers_named"]) == {"0", "1", "3"}
