"""Sources that change, lag, give nothing or too much: each is borne or refused in words, within its time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest

from people.recognition.types import Image
from streams.pipeline.child.capture import BackOff, Capture
from streams.pipeline.child.health import Health
from streams.pipeline.clock import Clock
from streams.pipeline.errors import SourceDown
from streams.pipeline.frames import LatestFrame
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, open_source
from tests.streams.pipeline.servers import Behave, black_hole, mjpeg, serving

HERE = CameraNetworks.of(["127.0.0.0/8"])
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cut\r\n\r\n"


def opened(address: str, read_timeout_s: float = 0.6) -> Source:
    return open_source(address, False, open_timeout_s=2, read_timeout_s=read_timeout_s, networks=HERE)


def part(image: Image) -> bytes:
    data = cv2.imencode(".jpg", image)[1].tobytes()
    return b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(data), data)


def showing(pictures: Callable[[], Iterator[Image]], every_s: float) -> Behave:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(HEAD)
        for picture in pictures():
            connection.sendall(part(picture))
            time.sleep(every_s)

    return answer


def grey(width: int, height: int) -> Image:
    return np.full((height, width, 3), 128, np.uint8)


def test_a_stream_that_changes_its_size_is_followed() -> None:
    def pictures() -> Iterator[Image]:
        for size in ((160, 120), (320, 240)):
            for _ in range(20):
                yield grey(*size)

    with serving(showing(pictures, 0.02)) as port:
        source, seen = opened(f"http://127.0.0.1:{port}/"), []
        with pytest.raises(SourceDown):
            while (image := source.read()) is not None:
                seen.append(image.shape[:2])
        source.close()
    assert seen[0] == (120, 160) and seen[-1] in {(240, 320), (120, 160)}
    assert len(seen) > 30


def test_a_server_that_promises_pictures_and_sends_none_has_a_reason() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(HEAD)
        time.sleep(5)

    began = time.monotonic()
    with serving(answer) as port, pytest.raises(SourceDown, match=r"\w"):
        opened(f"http://127.0.0.1:{port}/").read()
    assert time.monotonic() - began < 6


def test_a_huge_picture_is_refused_before_it_is_looked_at() -> None:
    huge = showing(lambda: iter([grey(10_000, 4_000)] * 2), 0)
    with serving(huge) as port, pytest.raises(SourceDown, match="10000 × 4000 pixels are too large"):
        opened(f"http://127.0.0.1:{port}/", read_timeout_s=5).read()  # a second to decode on a busy machine


def segment(path: Path, codec: str, size: tuple[int, int]) -> None:
    """A second of MPEG-TS."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 25, size)
    assert writer.isOpened()
    for _ in range(25):
        writer.write(grey(*size))
    writer.release()


@contextmanager
def recording(folder: Path, *segments: tuple[str, tuple[int, int]]) -> Iterator[str]:
    """The address of a playlist (HLS) of such segments; each begins its timestamps anew."""
    for number, (codec, size) in enumerate(segments):
        segment(folder / f"{number}.ts", codec, size)
    entries = "".join(f"#EXTINF:1.0,\n{number}.ts\n#EXT-X-DISCONTINUITY\n" for number in range(len(segments)))
    (folder / "live.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{entries}#EXT-X-ENDLIST\n")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Not into the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/live.m3u8"
        server.shutdown()


def sizes_of(source: Source) -> list[tuple[int, int]]:
    """Of every picture until the source says why there are no more."""
    seen = []
    with pytest.raises(SourceDown, match=r"\w"):
        while (image := source.read()) is not None:
            seen.append(image.shape[:2])
    source.close()
    return seen


def test_a_recording_in_segments_is_played_though_its_timestamps_jump(tmp_path: Path) -> None:
    with recording(tmp_path, ("mp4v", (160, 120)), ("mp4v", (160, 120))) as address:
        began = time.monotonic()
        seen = sizes_of(opened(address))
    assert len(seen) >= 25
    assert time.monotonic() - began < 10  # no jump is waited for


def test_a_stream_that_changes_its_codec_and_size_gives_pictures_or_a_reason_and_is_read_again(tmp_path: Path) -> None:
    """From MPEG-4 to MPEG-2, with the size: what FFmpeg cannot follow ends, and the next try reads what comes then."""
    with recording(tmp_path, ("mp4v", (160, 120)), ("mpg2", (320, 240))) as address:
        seen = sizes_of(opened(address))
    assert seen[0] == (120, 160)
    (tmp_path / "later").mkdir()
    with recording(tmp_path / "later", ("mpg2", (320, 240))) as address:
        assert set(sizes_of(opened(address))) == {(240, 320)}


def stamped() -> Iterator[Image]:
    """Pictures that carry the time they were made at: milliseconds as 20 black or white bars."""
    while True:
        stamp = round(time.monotonic() * 1000) % (1 << 20)
        bars = [255 if stamp >> bit & 1 else 0 for bit in range(20)]
        yield np.repeat(np.tile(np.array(bars, np.uint8), (240, 1)), 32, axis=1)[..., None].repeat(3, axis=2)


def age_ms(image: Image) -> int:
    now = round(time.monotonic() * 1000)
    stamp = sum(1 << bit for bit in range(20) if image[120, bit * 32 + 16, 0] > 127)
    return (now - stamp) % (1 << 20)


def test_frames_stay_fresh_when_the_analysis_is_slower_than_the_source() -> None:
    """50 pictures a second, three looked at: what is looked at was made less than 300 ms ago."""
    latest, stop = LatestFrame(10), Event()
    with serving(showing(stamped, 0.02)) as port:
        capture = Capture(
            f"http://127.0.0.1:{port}/", False, latest, Health(Clock()), stop,
            clock=Clock(), open_source=partial(open_source, networks=HERE),
        )  # fmt: skip
        capture.start()
        ages = []
        for _ in range(12):
            frame = latest.take(3)
            assert frame is not None
            ages.append(age_ms(frame.image))
            time.sleep(0.3)
        stop.set()
        capture.join(5)
    assert max(ages[2:]) < 300, ages


def test_a_camera_that_comes_back_is_live_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BackOff, "FIRST_S", 0.2)
    latest, stop, health = LatestFrame(25), Event(), Health(Clock())
    behaves = [mjpeg(5), black_hole, mjpeg(1000)]

    def moods(connection: socket.socket) -> None:
        (behaves.pop(0) if len(behaves) > 1 else behaves[0])(connection)

    with serving(moods) as port:
        quickly = partial(open_source, networks=HERE, open_timeout_s=0.5, read_timeout_s=0.5)
        capture = Capture(f"http://127.0.0.1:{port}/", False, latest, health, stop, clock=Clock(), open_source=quickly)
        capture.start()
        states: list[str] = []
        until = time.monotonic() + 20
        while states[-3:] != ["live", "down", "live"] and time.monotonic() < until:
            latest.take(0.05)
            state = health.condition().state
            if state in {"live", "down"} and states[-1:] != [state]:
                states.append(state)
        stop.set()
        capture.join(5)
    assert states == ["live", "down", "live"]
