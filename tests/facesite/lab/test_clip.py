"""The demo camera's clip."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from facesite.lab.demo import clip as clip_module
from facesite.lab.demo.cast import SCENES, SECONDS, ActorPlace, Scene
from facesite.lab.demo.clip import Film, make_clip
from facesite.lab.errors import ClipNotMade
from people.recognition.engine.engine import Engine
from streams.pipeline.sources.pace import Pace
from streams.pipeline.sources.playback import Playback


@pytest.fixture(scope="module")
def film(portraits: Path) -> Film:
    return Film(portraits)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds instead of forty."""
    monkeypatch.setattr(clip_module, "FRAMES", 30)


def test_the_clip_is_a_video_that_plays_and_reports_its_progress(portraits: Path, tmp_path: Path, short: None) -> None:
    heard: list[float] = []
    make_clip(portraits, tmp_path / "new" / "demo.mp4", heard.append)
    assert (heard[0], heard[-1], len(heard)) == (pytest.approx(1 / 30), 1.0, 30)
    playback = Playback(str(tmp_path / "new" / "demo.mp4"), loop=False, pace=Pace(sleep=lambda _: None))
    images = [playback.read() for _ in range(30)]
    assert all(image is not None and image.shape == (720, 1280, 3) for image in images)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["demo.mp4"]


def test_a_clip_that_cannot_be_made_leaves_nothing_behind(portraits: Path, tmp_path: Path, short: None) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_clip(portraits, tmp_path / "demo.mp4", stop)
    assert list(tmp_path.iterdir()) == []


def test_an_opencv_without_the_codec_is_said(portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_module, "WIDTH_PX", 0)
    with pytest.raises(ClipNotMade):
        make_clip(portraits, tmp_path / "demo.mp4")


def test_everybody_comes_from_outside_and_leaves_again() -> None:
    for scene in SCENES:
        for mark in (scene.marks[0], scene.marks[-1]):
            half = 2 * mark.face_px
            assert mark.x < -half or mark.x > 1280 + half
            assert 0 <= mark.at_s <= SECONDS


def test_between_two_marks_an_actor_moves_softly_and_else_is_not_there() -> None:
    scene = Scene(SCENES[0].portrait, (ActorPlace(1, 0, 100), ActorPlace(2, 100, 200)))
    assert scene.at(0.9) is None
    assert scene.at(2.0) is None
    assert scene.at(1.5) == ActorPlace(1.5, 50, 150)
    early = scene.at(1.1)
    assert early is not None
    assert early.x < 5


@pytest.mark.parametrize(("at_s", "faces"), [(0.0, 0), (8.0, 1), (16.0, 2), (19.0, 2), (26.5, 1), (31.5, 2)])
def test_the_engine_finds_the_people_who_are_there(film: Film, at_s: float, faces: int) -> None:
    engine = Engine.load(Path(settings.MODEL_CACHE))
    found = engine.detect(film.frame(at_s), 100)
    assert len(found) == faces
    assert all(100 <= face.box.width <= 230 for face in found)


def test_the_same_moment_looks_the_same_every_time(film: Film, portraits: Path) -> None:
    again = Film(portraits).frame(16.0)
    assert np.array_equal(film.frame(16.0), again)
    assert cv2.absdiff(film.frame(16.0), film.frame(16.1)).max() > 20
