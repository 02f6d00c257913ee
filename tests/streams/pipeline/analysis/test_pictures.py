"""JPEGs and burnt-in names."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from people.recognition.types import Box, Verdict
from streams.pipeline.analysis.annotate import COLOURS, annotated, label_of
from streams.pipeline.analysis.pictures import jpeg, preview_of, snapshot_of
from streams.pipeline.messages import TrackedFace

FACE = Box(100, 100, 200, 200)


def tracked(verdict: Verdict | None, person: str | None = None, name: str = "") -> TrackedFace:
    return TrackedFace(1, FACE, verdict, person, 0.3, name)


def test_a_preview_is_at_most_960_wide_and_keeps_its_shape() -> None:
    assert preview_of(np.zeros((1080, 1920, 3), np.uint8)).shape == (540, 960, 3)
    assert preview_of(np.zeros((480, 640, 3), np.uint8)).shape == (480, 640, 3)


def test_colours_survive_the_jpeg() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[:] = (200, 40, 10)
    pixel = np.asarray(Pillow.open(io.BytesIO(jpeg(image))))[32, 32]
    assert np.abs(pixel.astype(int) - (200, 40, 10)).max() < 6


@pytest.mark.parametrize(
    "box", [FACE, Box(-50, -50, 60, 60), Box(600, 440, 700, 540), Box(0, 0, 640, 480), Box(900, 900, 950, 950)]
)
def test_a_snapshot_has_the_face_with_surroundings_and_is_small(box: Box) -> None:
    shape = snapshot_of(np.zeros((480, 640, 3), np.uint8), box).shape
    assert 1 <= min(shape[:2]) <= max(shape[:2]) <= 320


def test_a_snapshot_does_not_hold_the_whole_frame_in_memory() -> None:
    assert snapshot_of(np.zeros((480, 640, 3), np.uint8), FACE).base is None


@pytest.mark.parametrize(
    ("face", "text"),
    [
        (tracked(None), ""),
        (tracked(Verdict.UNKNOWN), "unknown"),
        (tracked(Verdict.MATCH, "1"), "Łukasz Жук"),
        (tracked(Verdict.REVIEW, "1"), "Łukasz Жук?"),
        (tracked(Verdict.MATCH, "2"), "?"),
        (tracked(Verdict.MATCH, "2", "Grace"), "Grace"),
        (tracked(Verdict.UNKNOWN, None, "Stranger 12"), "Stranger 12"),
    ],
)
def test_a_label_names_only_the_known(face: TrackedFace, text: str) -> None:
    assert label_of(face, {"1": "Łukasz Жук"}) == text


@pytest.mark.parametrize("name", ["Anna", "Łukasz Жук", "李小龍", "x" * 300, "😀", "two\nlines"])
def test_any_name_can_be_drawn_and_the_box_has_the_verdicts_colour(name: str) -> None:
    image = np.full((480, 640, 3), 255, np.uint8)
    drawn = annotated(image, [tracked(Verdict.MATCH, "1")], {"1": name}, 1.0)
    assert tuple(drawn[150, 100]) == COLOURS[Verdict.MATCH]
    assert image.min() == 255


def test_names_of_people_side_by_side_do_not_hide_each_other() -> None:
    faces = [
        TrackedFace(n, Box(left, 200, left + 60, 260), Verdict.MATCH, str(n), None) for n, left in ((1, 100), (2, 140))
    ]
    names = {"1": "Barack Obama", "2": "Eileen Collins"}
    image = np.full((480, 640, 3), 255, np.uint8)
    both, first = annotated(image, faces, names, 1.0), annotated(image, faces[:1], names, 1.0)
    above = slice(200 - 23, 200 - 1)
    assert (both[above] == first[above]).all()
    assert (both[262:282] != first[262:282]).any()  # the second name stands below


def test_faces_outside_of_the_picture_are_no_error() -> None:
    face = TrackedFace(1, Box(-300, -300, -200, -200), Verdict.UNKNOWN, None, None)
    annotated(np.zeros((48, 64, 3), np.uint8), [face], {}, 0.5)
