"""One running camera with scripted parts, in real threads."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread

import av
import cv2
import numpy as np
import pytest

from people.recognition.types import Image, Thresholds, Verdict
from streams.pipeline.child import camera as camera_module
from streams.pipeline.child.camera import CameraRun
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.messages import (
    CameraConfig,
    Footage,
    FootageKind,
    Heartbeat,
    Overlay,
    OwnThreshold,
    SightingChange,
    Stop,
    ToParent,
    UseGallery,
    WatchMode,
)
from streams.pipeline.reasons import NONE, Sentence
from streams.pipeline.regions import Region, RegionKind
from streams.pipeline.view import CameraView
from tests.streams.pipeline.fakes import ANNA, BELA, ENGINE, FakeEngine, ScriptedSource, gallery, picture, square

CONFIG = CameraConfig(1, "door", "rtsp://u:s3cret@h/1", False, 20, 80, OwnThreshold(0.5, ENGINE), "", "")


def walking(pause_s: float = 0.01) -> Iterator[Image]:
    for number in itertools.count():
        time.sleep(pause_s)
        yield picture((ANNA, square(100 + 5 * (number % 4))))


class Running:
    def __init__(
        self, source: ScriptedSource | Exception, config: CameraConfig = CONFIG, lacks: Sentence = NONE
    ) -> None:
        self.said: list[ToParent] = []
        self.engine = FakeEngine()

        def opened(_source: str, _loop: bool) -> ScriptedSource:
            if isinstance(source, Exception):
                raise source
            return source

        self.camera = CameraRun(config, self.engine, self.said.append, open_source=opened, lacks=lacks)
        self.thread = Thread(target=self.camera.run, daemon=True)

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.camera.order(Stop())
        self.thread.join(3)
        assert not self.thread.is_alive()

    def wait_for(self, kind: type, where: str = "True") -> ToParent:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            for message in list(self.said):
                if isinstance(message, kind) and eval(where, {"m": message, "Verdict": Verdict}):
                    return message
            time.sleep(0.01)
        raise AssertionError(f"no {kind.__name__} with {where} in {self.said[-5:]}")


@pytest.fixture(autouse=True)
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "HEARTBEAT_S", 0.05)


def test_a_camera_names_draws_beats_and_ends_its_sightings_when_stopped() -> None:
    with Running(ScriptedSource(walking())) as running:
        running.camera.order(UseGallery(gallery(ANNA, version=5), {str(ANNA): "Anna"}, Thresholds(0.31, 0.36)))
        running.camera.order(WatchMode(preview=True, annotated=True))
        running.wait_for(SightingChange, "m.verdict is Verdict.MATCH")
        running.wait_for(Overlay, "m.annotated and m.preview")
        running.wait_for(Heartbeat, "m.state == 'live' and m.gallery_version == 5 and m.frame_width_px == 640")
    last = [message for message in running.said if isinstance(message, SightingChange)][-1]
    assert last.ended


@pytest.mark.parametrize(("analysis_fps", "old_after_s"), [(20, 3.05), (0.2, 8)])
def test_a_picture_says_by_the_cameras_pace_when_it_is_old(analysis_fps: float, old_after_s: float) -> None:
    with Running(ScriptedSource(walking()), replace(CONFIG, analysis_fps=analysis_fps)) as running:
        overlay = running.wait_for(Overlay)
    assert isinstance(overlay, Overlay)
    assert overlay.old_after_s == pytest.approx(old_after_s)


def test_a_picture_of_a_source_slower_than_the_analysis_is_given_the_sources_pace() -> None:
    with Running(ScriptedSource(walking(pause_s=0.5))) as running:
        running.wait_for(Overlay, "3.5 <= m.old_after_s < 4")


def test_every_picture_of_a_camera_that_sends_one_now_and_then_is_looked_at() -> None:
    with Running(ScriptedSource(walking(pause_s=0.4))) as running:
        beat = running.wait_for(Heartbeat, "m.frames_read >= 6")
    assert isinstance(beat, Heartbeat)
    assert beat.frames_analysed >= beat.frames_read - 1


def test_a_dead_camera_beats_with_its_reason() -> None:
    with Running(SourceDown("the host refuses the connection")) as running:
        running.wait_for(Heartbeat, "m.state == 'down' and 'refuses' in m.reason")
    assert "s3cret" not in repr(running.said)


def test_a_gallery_reaches_a_camera_that_gives_no_frames() -> None:
    with Running(SourceDown("dark")) as running:
        running.camera.order(UseGallery(gallery(ANNA, version=9), {}, Thresholds(0.31, 0.36)))
        running.wait_for(Heartbeat, "m.gallery_version == 9")


def test_a_camera_says_at_once_by_which_gallery_it_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    with Running(SourceDown("dark")) as running:
        running.wait_for(Heartbeat, "m.state == 'down'")
        monkeypatch.setattr(camera_module, "HEARTBEAT_S", 60.0)
        time.sleep(0.2)  # the last beat by the old pace
        running.camera.order(UseGallery(gallery(ANNA, version=9), {}, Thresholds(0.31, 0.36)))
        running.wait_for(Heartbeat, "m.gallery_version == 9")


def test_a_read_that_hangs_does_not_stop_heartbeats_nor_the_end() -> None:
    hanging = Event()

    def script() -> Iterator[Image]:
        yield picture()
        hanging.wait(20)

    with Running(ScriptedSource(script())) as running:
        running.wait_for(Heartbeat, "m.state == 'live'")
        beats = sum(isinstance(m, Heartbeat) for m in running.said)
        time.sleep(0.3)
        assert sum(isinstance(m, Heartbeat) for m in running.said) > beats + 2
    hanging.set()


def test_a_slow_analysis_sees_the_newest_frames_and_counts_the_lost_ones() -> None:
    class SlowEngine(FakeEngine):
        def find(self, *args: object, **kwargs: object) -> list:  # type: ignore[override]
            time.sleep(0.15)
            return super().find(*args, **kwargs)  # type: ignore[arg-type]

    running = Running(ScriptedSource(walking()))
    running.camera._analysis._engine = SlowEngine()
    with running:
        dropped = running.wait_for(Heartbeat, "m.frames_dropped > 60")
        assert isinstance(dropped, Heartbeat)
        assert dropped.frame_age_ms is not None
        assert dropped.frame_age_ms < 300
    numbers = [m.frame for m in running.said if isinstance(m, Overlay)]
    assert max(numbers) - numbers[0] > 2 * len(numbers)


def test_whole_frame_and_clip_hold_nothing_of_what_is_never_kept() -> None:
    """Half of the picture is masked, and somebody whom nobody may see stands in it."""
    half = Region(RegionKind.NEVER_KEEP, ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))
    view = CameraView(regions=(half,))
    config = replace(CONFIG, view=view, keeps_whole_frame=True, clip_seconds=4, cache_dir="")

    def scene() -> Iterator[Image]:
        for number in range(40):
            time.sleep(0.01)
            yield picture((ANNA, square(100 + 5 * (number % 4))), (BELA, square(450)))
        raise SourceEnded

    with Running(ScriptedSource(scene()), config) as running:
        running.wait_for(Footage, "m.kind == 'frame'")
        clip = running.wait_for(Footage, "m.kind == 'clip'")
    frame = next(m for m in running.said if isinstance(m, Footage) and m.kind == FootageKind.FRAME)
    assert isinstance(clip, Footage)
    whole = cv2.imdecode(np.frombuffer(frame.content, np.uint8), cv2.IMREAD_COLOR)
    with av.open(io.BytesIO(clip.content)) as film:
        images = [whole, *(each.to_ndarray(format="bgr24") for each in film.decode(video=0))]
    assert len(images) > 3
    for image in images:
        assert image[:, 330:].max() < 40 and image[:, :300].max() > 150
