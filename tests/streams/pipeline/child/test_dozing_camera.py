"""A whole camera over RTSP that dozes, is woken by whoever steps in and by viewers, and says so."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Thread

import pytest

from streams.pipeline.child import attention
from streams.pipeline.child import camera as camera_module
from streams.pipeline.child.camera import CameraRun
from streams.pipeline.messages import CameraConfig, Heartbeat, Overlay, Stop, ToParent, WatchMode
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import open_source
from tests.streams.pipeline.fakes import FakeEngine
from tests.streams.pipeline.rtsp_camera import RtspCamera
from tests.streams.pipeline.servers import serving
from tests.streams.pipeline.still_scene import RATE, rtp
from tests.streams.said import heartbeat

pytestmark = [pytest.mark.integration, pytest.mark.alone]
CONFIG = CameraConfig(1, "yard", "", False, 5, 40, None, "", "", decodes_always=False)
HERE = CameraNetworks.of(["127.0.0.0/8"])


@dataclass
class PacedCamera(RtspCamera):
    """Sends each picture when it is due."""

    pictures: tuple[tuple[bytes, ...], ...] = ()

    def _play(self, connection: socket.socket) -> None:
        began_s = time.monotonic()
        for number, packets in enumerate(self.pictures):
            time.sleep(max(0.0, began_s + number / RATE - time.monotonic()))
            connection.sendall(b"".join(b"$\0" + struct.pack(">H", len(packet)) + packet for packet in packets))
        time.sleep(30)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(attention, "DOZES_AFTER_S", 1.0)


@contextmanager
def watching(scene: tuple[tuple[bytes, ...], ...], config: CameraConfig) -> Iterator[tuple[CameraRun, list[ToParent]]]:
    said: list[ToParent] = []
    with serving(PacedCamera((), pictures=scene)) as port:
        config = replace(config, source=f"rtsp://127.0.0.1:{port}/cam")
        camera = CameraRun(config, FakeEngine(), said.append, open_source=partial(open_source, networks=HERE))
        thread = Thread(target=camera.run, daemon=True)
        thread.start()
        try:
            yield camera, said
        finally:
            camera.order(Stop())
            thread.join(5)
            assert not thread.is_alive()


def until(true: Callable[[], bool], within_s: float = 20) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def newest(said: list[ToParent]) -> Heartbeat:
    return next((m for m in reversed(list(said)) if isinstance(m, Heartbeat)), heartbeat(state=""))


def overlays(said: list[ToParent]) -> list[Overlay]:
    return [m for m in list(said) if isinstance(m, Overlay)]


def test_who_steps_in_wakes_it_and_every_frame_has_the_time_at_which_it_came() -> None:
    with watching(rtp(7.0, 4.0), CONFIG) as (_, said):
        until(lambda: Reason.DOZES.said() in newest(said).reason)
        dozing = newest(said)
        assert dozing.state == "live"
        until(lambda: newest(said).frames_read > 6 * RATE)
        assert newest(said).fps_read > 15  # packets count: the stream is well
        few = newest(said).frames_analysed
        until(lambda: newest(said).reason == "" and newest(said).frames_read > 8 * RATE)
        assert newest(said).frames_analysed >= few + 5
        times = [overlay.captured_at for overlay in overlays(said)]
        assert times == sorted(times)
        assert max((b - a).total_seconds() for a, b in itertools.pairwise(times)) < 8.5


def test_a_viewer_wakes_it_and_without_one_it_dozes_again() -> None:
    with watching(rtp(15.0, 0.0), CONFIG) as (camera, said):
        until(lambda: newest(said).reason != "")
        camera.order(WatchMode(preview=True, annotated=False))
        until(lambda: newest(said).reason == "" and bool(overlays(said)[-1].preview))
        seen = len(overlays(said))
        until(lambda: len(overlays(said)) > seen + 5, within_s=3)
        camera.order(WatchMode(preview=False, annotated=False))
        until(lambda: newest(said).reason != "")


def test_a_camera_that_is_to_decode_always_does() -> None:
    with watching(rtp(7.0, 4.0), replace(CONFIG, decodes_always=True)) as (_, said):
        until(lambda: newest(said).frames_read > 5 * RATE)
        assert newest(said).reason == ""
        assert newest(said).frames_analysed >= 20
