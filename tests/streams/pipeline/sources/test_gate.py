"""FFmpeg reaches cameras through the gate alone: no redirect and no playlist leads past the rules."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from streams.pipeline.errors import SentElsewhere, SourceDown
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.relaying import RedirectGuard
from streams.pipeline.sources.sources import Source, open_source
from tests.streams.pipeline.servers import Behave, answering, mjpeg, serving

ONE = CameraNetworks.of(["127.0.0.1/32"])


def opened(address: str) -> Source:
    return open_source(address, False, open_timeout_s=2, read_timeout_s=1, networks=ONE)


@pytest.fixture
def forbidden() -> Iterator[tuple[str, list[int]]]:
    """A server at 127.0.0.2, where no camera may be, and the connections that came all the same."""
    came: list[int] = []
    with socket.create_server(("127.0.0.2", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                came.append(1)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"127.0.0.2:{listener.getsockname()[1]}", came
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def reply(status: str, *headers: str, body: str = "", speaks: str = "HTTP/1.0") -> Behave:
    return answering("\r\n".join((f"{speaks} {status}", *headers, "", body)))


def test_a_server_at_a_forbidden_address_is_not_asked(forbidden: tuple[str, list[int]]) -> None:
    place, came = forbidden
    for scheme in ("http", "https", "rtsp", "rtsps"):
        with pytest.raises(SourceDown, match="not allowed for cameras"):
            opened(f"{scheme}://{place}/live")
    assert not came


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_does_not_lead_past_the_rules(scheme: str, forbidden: tuple[str, list[int]]) -> None:
    place, came = forbidden
    elsewhere = reply("302 Found", f"Location: {scheme}://{place}/x")
    with serving(elsewhere) as port, pytest.raises(SourceDown, match="not allowed for cameras"):
        opened(f"http://127.0.0.1:{port}/live")
    assert not came


def test_a_redirect_to_a_camera_is_followed() -> None:
    with serving(mjpeg(50)) as camera, serving(reply("302 Found", f"Location: http://127.0.0.1:{camera}/")) as port:
        source = opened(f"http://127.0.0.1:{port}/live")
        assert source.read() is not None
        source.close()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "+302 Found", "0302 x"])
def test_an_rtsp_server_cannot_send_elsewhere(status: str, forbidden: tuple[str, list[int]]) -> None:
    place, came = forbidden
    answer = reply(status, "CSeq: 1", f"Location: rtsp://{place}/x", speaks="RTSP/1.0")
    with serving(answer) as port, pytest.raises(SourceDown):
        opened(f"rtsp://127.0.0.1:{port}/live")
    assert not came


@pytest.mark.parametrize(
    "entry", ["http://{place}/a.ts", "https://{place}/a.ts", "file:///etc/passwd", "tcp://{place}/", "rtsp://{place}/"]
)
def test_a_playlist_does_not_lead_past_the_rules(entry: str, forbidden: tuple[str, list[int]]) -> None:
    place, came = forbidden
    lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:5", "#EXTINF:5,", entry.format(place=place), "#EXT-X-ENDLIST", "")
    playlist = reply("200 OK", "Content-Type: application/x-mpegurl", body="\n".join(lines))
    with serving(playlist) as port, pytest.raises(SourceDown):
        opened(f"http://127.0.0.1:{port}/live.m3u8").read()
    assert not came


def test_a_description_of_a_session_is_no_video(forbidden: tuple[str, list[int]]) -> None:
    """SDP over HTTP would have FFmpeg send to any address by UDP."""
    media = "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    sdp = f"v=0\no=- 0 0 IN IP4 127.0.0.2\ns=x\nc=IN IP4 127.0.0.2\nt=0 0\n{media}"
    described = reply("200 OK", "Content-Type: application/sdp", body=sdp)
    with serving(described) as port, pytest.raises(SourceDown, match="not with video"):
        opened(f"http://127.0.0.1:{port}/live.sdp")


def test_a_camera_gets_its_login_and_a_path_of_its_own() -> None:
    heard: list[bytes] = []

    def camera(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    with serving(camera) as port, pytest.raises(SourceDown):
        opened(f"http://ann:s3cret@127.0.0.1:{port}/live?x=1")
    first, *headers = heard[0].decode().split("\r\n")
    assert first == "GET /live?x=1 HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}" in headers
    assert not [line for line in headers if "s3cret" in line or line.lower().startswith("proxy-")]


def test_environment_does_not_lead_past_the_gate(
    monkeypatch: pytest.MonkeyPatch, forbidden: tuple[str, list[int]]
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    place, came = forbidden
    with pytest.raises(SourceDown, match="not allowed for cameras"):
        opened(f"http://{place}/live")
    assert not came


@pytest.mark.parametrize(
    "request_line", ["GET http://[::1/ HTTP/1.1", "CONNECT host:99999 HTTP/1.1", "GET / HTTP/1.1", "x"]
)
def test_a_request_that_makes_no_sense_is_refused(request_line: str) -> None:
    gate = Gate("http://127.0.0.1:1/", ONE)
    with socket.create_connection(("127.0.0.1", int(str(gate.proxy).rsplit(":", 1)[1])), 5) as client:
        client.sendall(f"{request_line}\r\n\r\n".encode())
        assert client.recv(100) == b""
    gate.close()
    assert gate.problem


def test_a_closed_gate_lets_nobody_in() -> None:
    with serving(mjpeg(50)) as port:
        gate = Gate(f"http://127.0.0.1:{port}/", ONE)
        address = ("127.0.0.1", int(str(gate.proxy).rsplit(":", 1)[1]))
        held = socket.create_connection(address)
        held.sendall(f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n".encode())
        assert held.recv(100)
        gate.close()
        held.settimeout(2)
        while held.recv(65536):
            pass
        held.close()
        with pytest.raises(OSError):
            socket.create_connection(address, 1).recv(1)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_guard_stops_a_redirect_however_it_is_cut(size: int) -> None:
    said = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n$\x00\x00\x04RTSPRTSP/1.0 302 Moved\r\nLocation: rtsp://x/\r\n\r\n"
    guard, passed = RedirectGuard(), b""
    with pytest.raises(SentElsewhere):
        for at in range(0, len(said), size):
            passed += guard(said[at : at + size])
    assert b" 302" not in passed and b"Location" not in passed


@pytest.mark.parametrize("size", [1, 2, 5, 64])
def test_the_guard_passes_everything_else_on_as_it_is(size: int) -> None:
    said = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n" + bytes(range(256)) * 3 + b"RTS\x00RTSP/ video\nRTSP/1.0 401 No\r\n"
    guard = RedirectGuard()
    assert b"".join(guard(said[at : at + size]) for at in range(0, len(said), size)) == said


def test_the_guard_does_not_hold_pictures_back() -> None:
    assert RedirectGuard()(b"$\x00\x01picture RTSP") == b"$\x00\x01picture RTSP"
