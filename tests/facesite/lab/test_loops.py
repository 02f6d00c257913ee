"""Our loop beside the usual one. Ratios themselves are not tested."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from facesite.lab.loops import compare_loops, gallery_of
from people.recognition.engine.engine import Engine
from people.recognition.pictures.images import decode


@pytest.fixture
def clip(portraits: Path, tmp_path: Path) -> Path:
    """Half a second of one portrait."""
    image = decode((portraits / "astronaut.png").read_bytes(), max_bytes=10_000_000)
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (512, 512))
    for _ in range(6):
        writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def test_both_loops_see_the_same_frames(clip: Path, portraits: Path) -> None:
    report = compare_loops(clip, [portraits / "astronaut.png"], Path(settings.MODEL_CACHE))
    full = report["loops"]["full"]
    assert full["frames"] == report["loops"]["quarter"]["frames"] == 3
    assert report["loop_ratio"] == full["ratio"] > 0
    assert full["reference_faces"] >= 3
    assert full["faces"] == 2, "ours shows a face from its second look on"


def test_a_clip_without_frames_is_refused(portraits: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has none"):
        compare_loops(tmp_path / "none.mp4", [portraits / "astronaut.png"], Path(settings.MODEL_CACHE))


def test_pictures_named_alike_are_one_person_and_useless_ones_are_left_out(portraits: Path, tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((200, 200, 3), 127, np.uint8))
    engine = Engine.load(Path(settings.MODEL_CACHE))
    gallery = gallery_of(engine, [portraits / "obama.jpg", portraits / "obama2.jpg", grey])
    assert gallery.people == ("obama",)
