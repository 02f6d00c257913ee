"""The capture thread: new frames go to the slot, lost sources are tried again, finished ones are not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest

from people.recognition.types import Image
from streams.pipeline.child.capture import BackOff, Capture
from streams.pipeline.child.health import Health
from streams.pipeline.clock import Clock
from streams.pipeline.errors import SourceDown
from streams.pipeline.frames import LatestFrame
from streams.pipeline.reasons import Reason
from streams.pipeline.regions import Region, RegionKind
from streams.pipeline.sources.sources import Source
from streams.pipeline.view import CameraView
from tests.streams.pipeline.fakes import HEIGHT, WIDTH, ScriptedSource, picture


def slowly() -> Iterator[Image]:
    while True:
        time.sleep(0.01)
        yield picture()


class Camera:
    """A capture over scripted sources, one for each connection."""

    def __init__(
        self, *scripts: ScriptedSource | Exception, monkeypatch: pytest.MonkeyPatch, view: CameraView | None = None
    ) -> None:
        monkeypatch.setattr(BackOff, "FIRST_S", 0.01)
        self.stop, self.health = Event(), Health(Clock())
        self.latest = LatestFrame(1000)
        self._scripts = iter(scripts)
        self.tries = 0
        self.capture = Capture(
            "rtsp://x/1", False, self.latest, self.health, self.stop, clock=Clock(), open_source=self.open, view=view
        )

    def open(self, source: str, loop: bool) -> Source:
        self.tries += 1
        script = next(self._scripts, SourceDown("nothing more"))
        if isinstance(script, Exception):
            raise script
        return script

    def run_until(self, state: str, reason: str = "") -> None:
        self.capture.start()
        until = time.monotonic() + 5
        while time.monotonic() < until:
            said = self.health.condition()
            if said.state == state and reason in said.reason:
                break
            time.sleep(0.002)
        self.stop.set()
        self.capture.join(2)
        assert (said.state, reason in said.reason) == (state, True), said


def test_a_lost_source_is_opened_again_and_closed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ScriptedSource([picture(), SourceDown("the stream stopped")])
    endless = ScriptedSource(slowly())
    camera = Camera(first, SourceDown("refused"), endless, monkeypatch=monkeypatch)
    camera.capture.start()
    while camera.tries < 3:
        time.sleep(0.005)
    time.sleep(0.1)
    assert camera.health.condition().state == "live"
    assert first.closed
    camera.stop.set()
    camera.capture.join(2)
    assert endless.closed


def test_lost_packets_are_counted_over_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    away = SourceDown(Reason.HUNG_UP.said())
    first, second = ScriptedSource([picture(), away]), ScriptedSource(slowly())
    first.packets_lost, second.packets_lost = 3, 4  # type: ignore[attr-defined]
    camera = Camera(first, away, second, monkeypatch=monkeypatch)
    camera.capture.start()
    until = time.monotonic() + 10
    while camera.capture.packets_lost < 7 and time.monotonic() < until:
        time.sleep(0.01)
    camera.stop.set()
    camera.capture.join(2)
    assert camera.capture.packets_lost == 7


def test_a_source_that_is_down_says_why_and_when_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    down = SourceDown(Reason.NOTHING_LISTENS.said())
    Camera(down, monkeypatch=monkeypatch).run_until("down", "nothing listens on this port. The next try is in")


def test_a_finished_file_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = Camera(ScriptedSource([picture()] * 3), monkeypatch=monkeypatch)
    camera.run_until("ended", "the script has ended")
    assert camera.tries == 1


def test_a_decoder_that_raises_anything_is_tried_again_and_its_words_are_redacted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = ScriptedSource([RuntimeError("bad packet from rtsp://u:s3cret@h/1")])
    Camera(broken, monkeypatch=monkeypatch).run_until("down", "bad packet from rtsp://***@h/1")


def test_the_wait_doubles_to_a_minute_and_varies() -> None:
    back_off = BackOff()
    delays = [back_off.delay_s() for _ in range(9)]
    for delay, longest in zip(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert 0.75 * longest <= delay <= longest
    back_off.reset()
    assert back_off.delay_s() <= 1


def test_frames_are_upright_square_and_masked_before_anybody_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wide(ScriptedSource):
        pixel_aspect = 1.5

    mask = Region(RegionKind.NEVER_KEEP, ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5)))
    view = CameraView(turn=90, pixel_aspect=2.25, regions=(mask,))  # the source has stretched by 1.5 already
    camera = Camera(Wide([np.full((HEIGHT, WIDTH, 3), 200, np.uint8)]), monkeypatch=monkeypatch, view=view)
    camera.run_until("ended", "ended")
    frame = camera.latest.take(0)
    assert frame is not None
    assert (frame.width_px, frame.height_px) == (HEIGHT, 1.5 * WIDTH) == camera.health.size_px
    assert not frame.image[: frame.height_px // 2].any() and frame.image[frame.height_px // 2 + 1 :].all()
