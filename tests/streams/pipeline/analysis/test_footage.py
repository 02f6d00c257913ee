"""What a camera keeps beside faces: the whole frame of the look that decided."""

from __future__ import annotations

import cv2
import numpy as np

from people.recognition.types import Image
from streams.pipeline.analysis.footage import SETTLES_S, FootageWatch
from streams.pipeline.analysis.pictures import whole_frame
from streams.pipeline.messages import Footage, FootageKind
from tests.streams.pipeline.fakes import ANNA, BELA, CARL, HEIGHT, WIDTH, gallery, square
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
