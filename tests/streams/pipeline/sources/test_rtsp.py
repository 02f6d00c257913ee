"""A real RTSP server: read by our own client, over TCP and UDP, with a login, frozen and thawed."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, open_source
from streams.pipeline.sources.transport import Transport

pytestmark = [pytest.mark.integration, pytest.mark.alone]
SYSTEM_PYTHON = "/usr/bin/python3"
PROBE = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')"]
Serve = Callable[..., tuple[subprocess.Popen[bytes], str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts cameras; gives each with its address, which has no login in it. `words`: as the script takes them."""
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(PROBE, capture_output=True).returncode:
        pytest.skip("no GStreamer RTSP server here: apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi")
    running: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> tuple[subprocess.Popen[bytes], str]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        script = Path(__file__).with_name("rtsp_server.py")
        camera = subprocess.Popen([SYSTEM_PYTHON, str(script), str(port), *words], stdout=subprocess.PIPE)
        running.append(camera)
        assert camera.stdout and camera.stdout.readline() == b"ready\n"
        return camera, f"127.0.0.1:{port}/cam"

    yield start
    for camera in running:
        camera.kill()
        camera.communicate()


def opened(address: str, transport: Transport = Transport.AUTOMATIC) -> Source:
    networks = CameraNetworks.of(["127.0.0.0/8"])
    return open_source(address, False, open_timeout_s=8, read_timeout_s=1, networks=networks, transport=transport)


@pytest.mark.parametrize(("words", "transport"), [((), "automatic"), ((), "udp"), (("--udp",), "automatic")])
def test_a_camera_is_read_at_its_pace(serve: Serve, words: tuple[str, ...], transport: str) -> None:
    _, place = serve(*words)
    source = opened(f"rtsp://{place}", Transport(transport))
    for _ in range(75):  # what came while the stream was probed, some two seconds, is there at once
        source.read()
    began = time.monotonic()
    for _ in range(25):
        image = source.read()
    assert image is not None and image.shape == (240, 320, 3)
    assert 0.5 < time.monotonic() - began < 2
    source.close()


def test_a_camera_that_sends_over_udp_alone_has_a_reason_where_it_is_set_to_tcp(serve: Serve) -> None:
    _, place = serve("--udp")
    with pytest.raises(SourceDown, match="set to TCP"):
        opened(f"rtsp://{place}", Transport.TCP)


@pytest.mark.parametrize("over", [(), ("--udp",)])
def test_a_login_is_given_and_a_wrong_one_has_a_reason(serve: Serve, over: tuple[str, ...]) -> None:
    _, place = serve(*over, "ann", "s@c/r et")
    source = opened(f"rtsp://ann:s%40c%2Fr%20et@{place}")
    assert source.read() is not None
    source.close()
    for login in ("ann:wrong@", ""):
        with pytest.raises(SourceDown, match="login") as refused:
            opened(f"rtsp://{login}{place}")
        assert "wrong" not in str(refused.value)


def test_a_path_that_is_not_there_has_a_reason(serve: Serve) -> None:
    _, place = serve()
    with pytest.raises(SourceDown, match="nothing under this path"):
        opened(f"rtsp://{place.replace('/cam', '/other')}")


@pytest.mark.parametrize("over", [(), ("--udp",)])
def test_a_frozen_camera_is_given_up_and_a_thawed_one_is_read_again(serve: Serve, over: tuple[str, ...]) -> None:
    camera, place = serve(*over)
    source = opened(f"rtsp://{place}")
    assert source.read() is not None
    camera.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(SourceDown, match="The stream stopped"):
        while True:
            source.read()
    assert time.monotonic() - began < 8  # three times the limit, and what was under way
    source.close()
    camera.send_signal(signal.SIGCONT)
    again = opened(f"rtsp://{place}")
    assert again.read() is not None
    again.close()


def test_a_camera_that_is_switched_off_has_a_reason(serve: Serve) -> None:
    camera, place = serve()
    source = opened(f"rtsp://{place}")
    assert source.read() is not None
    camera.kill()
    camera.wait()
    with pytest.raises(SourceDown, match="The stream stopped"):
        while True:
            source.read()
    source.close()
    with pytest.raises(SourceDown, match="refuses the connection"):
        opened(f"rtsp://{place}")
