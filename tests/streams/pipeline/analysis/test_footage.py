"""What a camera keeps beside faces: the whole frame of the look that decided, and a clip around it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from people.recognition.types import Image
from streams.pipeline.analysis.footage import SETTLES_S, ClipOrder, FootageWatch
from streams.pipeline.analysis.pictures import whole_frame
from streams.pipeline.messages import Footage, FootageKind
from tests.streams.pipeline.fakes import ANNA, BEGIN, BELA, CARL, HEIGHT, WIDTH, gallery, square
from tests.streams.pipeline.scene import Scene


def keeping(*enrolled: int) -> Scene:
    return Scene(*enrolled, footage=FootageWatch(keeps_frames=True))


def decoded(jpeg: bytes) -> Image:
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def looks_of(scene: Scene) -> list[object]:
    return [detection.id for change in scene.changes for detection in change.detections]


def test_the_whole_frame_of_the_look_that_decided_is_kept_once_it_has_settled() -> None:
    scene = keeping(ANNA)
    scene.play(SETTLES_S - 1, (ANNA, square(100)), (CARL, square(400)))
    assert scene.footage == [] and len(looks_of(scene)) == 2
    scene.play(12, (ANNA, square(100)))
    assert {kept.detection for kept in scene.footage} == set(looks_of(scene))
    assert {(kept.sighting, kept.kind) for kept in scene.footage} == {
        (sighting, FootageKind.FRAME) for sighting in scene.sightings
    }
    image = decoded(scene.footage[0].content)
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert image[150, 450, 2] > 200, "whoever stood beside is in it"


def test_a_camera_that_keeps_none_makes_none() -> None:
    scene = Scene(ANNA)
    scene.play(8, (ANNA, square(100)))
    assert scene.footage == scene.analysis.footage() == []
    assert FootageWatch().whole(None) == b""  # type: ignore[arg-type] # the frame is not even looked at


def test_of_two_looks_in_short_order_the_later_one_is_kept() -> None:
    """The first frame of a name that changes after a second is never uploaded."""
    scene = keeping(ANNA)
    scene.play(1, (BELA, square(100)))
    scene.use(gallery(ANNA, BELA, version=2))
    scene.play(12, (BELA, square(100)))
    assert len(looks_of(scene)) == 2
    assert [kept.detection for kept in scene.footage] == looks_of(scene)[1:]


def test_a_camera_that_stops_leaves_nothing_behind() -> None:
    scene = keeping(ANNA)
    scene.play(1, (ANNA, square(100)))
    scene.changes += scene.analysis.close(scene.changes[0].captured_at)
    (kept,) = scene.analysis.footage()
    assert isinstance(kept, Footage) and kept.detection in looks_of(scene)
    assert scene.analysis.footage() == []


def test_a_frame_is_at_most_1280_pixels_wide_and_some_80_kilobytes_large() -> None:
    rows, columns = np.mgrid[0:1080, 0:1920]
    shades = (np.sin(columns / 40) + np.cos(rows / 30) + np.sin((rows + columns) / 9) * 0.3) * 50 + 120
    frame = np.repeat(shades[..., None], 3, axis=2).astype(np.uint8)
    stored = whole_frame(frame)
    assert decoded(stored).shape == (720, 1280, 3)
    assert len(stored) < 150_000
    assert decoded(whole_frame(frame[:300, :400])).shape == (300, 400, 3), "a small one is not blown up"


def filming(clip_s: float, *enrolled: int, keeps_frames: bool = False) -> Scene:
    return Scene(*enrolled, footage=FootageWatch(keeps_frames=keeps_frames, clip_s=clip_s))


@pytest.mark.parametrize("clip_s", [4, 6, 10])
def test_a_clip_shows_as_many_seconds_before_the_look_as_after_it(clip_s: int) -> None:
    scene = filming(clip_s, ANNA)
    scene.play(8)
    scene.play(12, (ANNA, square(100)))
    (order,) = scene.clips
    (look,) = looks_of(scene)
    assert (order.sighting, order.detection) == (scene.changes[0].id, look)
    (change,) = (change for change in scene.changes if change.detections)
    at_s = (change.detections[0].captured_at - BEGIN).total_seconds()
    first_s, last_s = order.pictures[0].taken_s, order.pictures[-1].taken_s
    assert at_s - first_s == pytest.approx(clip_s / 2, abs=0.25)
    assert last_s - at_s == pytest.approx(clip_s / 2, abs=0.25)
    assert scene.footage == [], "one can be kept without the other"


def test_a_clip_and_a_frame_are_of_the_same_look() -> None:
    scene = filming(4, ANNA, keeps_frames=True)
    scene.play(9, (ANNA, square(100)))
    assert [kept.detection for kept in scene.footage] == [order.detection for order in scene.clips] == looks_of(scene)


def test_a_camera_of_a_picture_in_five_seconds_gives_a_long_clip_what_there_is_and_a_short_one_nothing() -> None:
    pictures = {}
    for clip_s in (4, 10):
        scene = filming(clip_s, ANNA, keeps_frames=True)
        scene.play_slowly(6, 5, (ANNA, square(20)), step=8)
        scene.play_slowly(4, 5, step=0)
        assert len(scene.footage) == 1
        pictures[clip_s] = [len(order.pictures) for order in scene.clips]
    assert pictures == {4: [], 10: [3]}


def test_a_camera_that_stops_makes_clips_of_what_it_has() -> None:
    scene = filming(10, ANNA)
    scene.play(2, (ANNA, square(100)))
    scene.analysis.close(BEGIN)
    (order,) = scene.analysis.footage()
    assert isinstance(order, ClipOrder) and len(order.pictures) > 10
