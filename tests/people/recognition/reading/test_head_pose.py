"""What the estimate of a head's pose is worth, measured on real photos and a clip (docs/adding-photos.md)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Crops, Engine
from people.recognition.pictures.images import decode
from people.recognition.reading.head_pose import HeadPose, head_pose
from people.recognition.reading.views import BRIGHTER, Light, light_on
from people.recognition.types import Face, Image, Vector
from tests.people.recognition.conftest import MAX_BYTES


@pytest.fixture(scope="module")
def photos(engine: Engine, shared_faces: Path) -> dict[str, list[tuple[Image, Face]]]:
    """Everybody's photos with their biggest faces."""
    found: dict[str, list[tuple[Image, Face]]] = defaultdict(list)
    for path in sorted((shared_faces / "people").glob("*/*")):
        image = decode(path.read_bytes(), max_bytes=MAX_BYTES)
        faces = engine.detect(image)
        if faces:
            found[path.parent.name].append((image, faces[0]))
    return found


def test_pitch_differs_more_between_people_than_between_photos_of_one(
    photos: dict[str, list[tuple[Image, Face]]],
) -> None:
    pitches = [[head_pose(face).pitch for _, face in own] for own in photos.values() if len(own) > 2]
    between = np.std([np.mean(own) for own in pitches], ddof=1)
    within = np.median([np.std(own, ddof=1) for own in pitches])
    assert len(pitches) == 16
    assert (between, within) == pytest.approx((9, 4), abs=1.5)


def test_the_pose_of_somebody_who_speaks_hardly_changes_from_frame_to_frame(engine: Engine, shared_faces: Path) -> None:
    clip = cv2.VideoCapture(str(shared_faces / "video" / "obama_library_5s.mp4"))
    poses: list[HeadPose] = []
    for number in range(147):
        image = np.ascontiguousarray(clip.read()[1][:, :, ::-1])
        if number % 3 == 0:
            poses += [head_pose(face) for face in engine.detect(image, 80)[:1]]
    angles = np.array([(pose.yaw, pose.pitch, pose.roll) for pose in poses])
    assert len(angles) > 40
    assert np.all(np.median(np.abs(np.diff(angles, axis=0)), axis=0) < 2)


def test_photos_in_other_light_are_further_apart(engine: Engine, photos: dict[str, list[tuple[Image, Face]]]) -> None:
    alike, unlike = [], []
    for own in photos.values():
        seen: list[tuple[Light, Vector]] = []
        for image, face in own:
            light, vector = light_on(image, face.box), engine.encode(image, [face], Crops.PROBE)[0]
            for other, before in seen:
                is_other = abs(light.brightness - other.brightness) >= BRIGHTER
                is_other |= abs(light.balance - other.balance) >= 0.1
                (unlike if is_other else alike).append(float(np.linalg.norm(vector - before)))
            seen.append((light, vector))
    assert len(alike) + len(unlike) > 150
    assert np.mean(unlike) > np.mean(alike) + 0.015
