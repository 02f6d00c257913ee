"""A camera that gives more than can be analysed: what is analysed is fresh, for as long as one likes.

FRESHNESS_MINUTES=10 makes it ten minutes instead of a quarter of one.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from functools import partial
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

from people.recognition.types import FoundFace, Image
from streams.pipeline.child.camera import CameraRun
from streams.pipeline.messages import CameraConfig, Heartbeat, ToParent
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import open_source
from tests.streams.pipeline.fakes import FakeEngine
from tests.streams.pipeline.servers import serving

logger = logging.getLogger(__name__)

SECONDS = 60 * float(os.environ.get("FRESHNESS_MINUTES", "0.25"))
PICTURES_PER_S = 60
ANALYSIS_S = 0.12
"""Eight frames a second at most are analysed of those sixty."""
OLDEST_MS = 300
BITS, BIT_PX = 24, 16
"""The time of a picture stands in it: milliseconds in black and white fields. So every buffer on its way counts."""


def stamped(moment_s: float) -> Image:
    image = np.full((240, BITS * BIT_PX, 3), 90, np.uint8)
    for bit in range(BITS):
        image[:BIT_PX, bit * BIT_PX : (bit + 1) * BIT_PX] = 255 * (round(1000 * moment_s) >> bit & 1)
    return image


def age_ms(image: Image) -> int:
    fields = image[BIT_PX // 2, BIT_PX // 2 :: BIT_PX, 0] > 128
    stamp = sum(int(field) << bit for bit, field in enumerate(fields))
    return (round(1000 * time.monotonic()) - stamp) % (1 << BITS)


def many_a_second(connection: socket.socket) -> None:
    """A camera by HTTP that never waits for anybody."""
    connection.recv(4096)
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cut\r\n\r\n")
    due_s = time.monotonic()
    while True:
        data = cv2.imencode(".jpg", stamped(time.monotonic()))[1].tobytes()
        connection.sendall(b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data))
        connection.sendall(data + b"\r\n")
        due_s += 1 / PICTURES_PER_S
        time.sleep(max(0.0, due_s - time.monotonic()))


class SlowEngine(FakeEngine):
    """Takes its time, and notes how old each picture is that it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.ages_ms: list[int] = []

    def find(self, image: Image, *args: object, **kwargs: object) -> list[FoundFace]:  # type: ignore[override]
        self.ages_ms.append(age_ms(image))
        time.sleep(ANALYSIS_S)
        return []


def memory_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.timeout(SECONDS + 60)
def test_what_is_analysed_is_never_old_although_the_camera_gives_more_than_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, said = SlowEngine(), list[ToParent]()
    monkeypatch.setattr("streams.pipeline.analysis.plan.SWEEP_EVERY_S", 0.0)  # every frame is searched
    with serving(many_a_second) as port:
        config = CameraConfig(1, "door", f"http://127.0.0.1:{port}/", False, PICTURES_PER_S, 80, None, "", "")
        here = partial(open_source, networks=CameraNetworks.of(["127.0.0.0/8"]))
        camera = CameraRun(config, engine, said.append, open_source=here)
        running = Thread(target=camera.run)
        running.start()
        try:
            time.sleep(5.0)
            warm, before_mb = len(engine.ages_ms), memory_mb()
            time.sleep(SECONDS)
        finally:
            camera.stop()
            running.join(10)
    ages, grown_mb = np.array(engine.ages_ms[warm:]), memory_mb() - before_mb
    beats = [message for message in said if isinstance(message, Heartbeat) and message.state == "live"]
    figures = {
        "analysed": len(ages),
        "read_per_s": beats[-1].fps_read,
        "age_ms_median_p99_max": [float(np.percentile(ages, share)) for share in (50, 99, 100)],
        "grown_mb": round(grown_mb, 1),
    }
    logger.info("%s", figures)  # seen with --log-cli-level=INFO
    assert beats[-1].fps_read > 4 * beats[-1].fps_analysed, "the camera must give more than is analysed"
    assert len(ages) > 4 * SECONDS
    assert np.percentile(ages, 95) < OLDEST_MS  # not the largest: other work on the machine must not fail this
    assert grown_mb < 30
