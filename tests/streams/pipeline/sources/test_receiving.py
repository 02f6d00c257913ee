"""Network cameras that are dead, silent, mistaken or gone: each with its reason, and within its time."""

from __future__ import annotations

import time

import pytest

from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, open_source
from tests.streams.pipeline.servers import Behave, answering, black_hole, hang, hang_up, mjpeg, serving

OPEN_S, READ_S = 0.8, 0.6
HERE = CameraNetworks.of(["127.0.0.0/8"])


def opened(address: str) -> Source:
    return open_source(address, False, open_timeout_s=OPEN_S, read_timeout_s=READ_S, networks=HERE)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_server_that_never_answers_is_given_up_in_time(scheme: str) -> None:
    began = time.monotonic()
    with serving(black_hole) as port, pytest.raises(SourceDown, match="does not answer"):
        opened(f"{scheme}://user:secret@127.0.0.1:{port}/live")
    assert time.monotonic() - began < OPEN_S + 4  # the diagnosis may ask once more, for 3 s


@pytest.mark.parametrize("scheme", ["rtsp", "http", "https"])
def test_a_closed_port_refuses(scheme: str) -> None:
    with serving(hang_up) as port:
        pass
    with pytest.raises(SourceDown, match="refuses the connection"):
        opened(f"{scheme}://127.0.0.1:{port}/live")


@pytest.mark.parametrize(
    ("scheme", "behave", "reason"),
    [
        ("http", answering("HTTP/1.0 404 Not Found\r\n\r\n"), "nothing under this path"),
        ("http", answering("HTTP/1.0 401 Unauthorized\r\n\r\n"), "login"),
        ("http", answering("HTTP/1.0 500 Oh\r\n\r\n"), "error 500"),
        ("http", answering("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "not with video"),
        ("http", answering("HTTP/1.0 302 Found\r\nLocation: http://[here/\r\n\r\n"), "address that cannot be read"),
        ("http", answering("HTTP/1.0 302 Found\r\n\r\n"), "address that cannot be read"),
        (
            "rtsp",
            answering("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Base: rtsp://[here/\r\nContent-Length: 5\r\n\r\nv=0\r\n"),
            "not with video",
        ),
        ("rtsp", answering("RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"), "nothing under this path"),
        ("rtsp", answering("SSH-2.0-OpenSSH_9\r\n"), "does not speak the protocol"),
        ("rtsp", hang_up, "hung up"),
        ("https", answering("HTTP/1.0 200 OK\r\n\r\n"), "encrypted"),
    ],
)
def test_the_reason_says_what_the_server_did(scheme: str, behave: Behave, reason: str) -> None:
    with serving(behave) as port, pytest.raises(SourceDown, match=reason) as caught:
        opened(f"{scheme}://user:s3cret@127.0.0.1:{port}/live?token=s3cret")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "..example"])
@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_unknown_host_is_said_to_be_unknown(host: str, scheme: str) -> None:
    with pytest.raises(SourceDown, match="name is not known"):
        opened(f"{scheme}://{host}/live")


def test_a_stream_that_stalls_is_given_up_in_time() -> None:
    with serving(mjpeg(10, then=hang)) as port:
        source = opened(f"http://127.0.0.1:{port}/live")
        began, pictures = time.monotonic(), 0
        with pytest.raises(SourceDown, match="The stream stopped"):
            while source.read() is not None:
                pictures += 1
        source.close()
    assert pictures >= 8
    assert time.monotonic() - began < 0.5 + READ_S + 2


def test_a_playlist_from_the_network_cannot_read_local_files(shared_faces: object) -> None:
    entry = f"file://{shared_faces}/video/obama_library_5s.mp4"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{entry}\n#EXT-X-ENDLIST\n"
    answer = answering(f"HTTP/1.0 200 OK\r\nContent-Type: application/x-mpegurl\r\n\r\n{playlist}")
    with serving(answer) as port, pytest.raises(SourceDown, match="does not begin with http"):
        opened(f"http://127.0.0.1:{port}/live.m3u8").read()


def test_a_missing_device_has_a_reason() -> None:
    with pytest.raises(SourceDown, match="Device 97 is missing"):
        opened("97")
