"""FFmpeg opens nothing, and we nothing past the rules: a listener where no camera may be hears nothing, ever."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from streams.pipeline.errors import AddressRefused, SourceDown
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, open_source
from tests.streams.pipeline.servers import Behave, answering, mjpeg, serving
from tests.streams.pipeline.sources.protocols import addresses, known_protocols

ONE = CameraNetworks.of(["127.0.0.1/32"])


def opened(address: str, gate: Gate | None = None) -> Source:
    return open_source(address, False, open_timeout_s=2, read_timeout_s=1, networks=ONE, gate=gate)


@dataclass
class Forbidden:
    """A place where no camera may be: 127.0.0.2, over TCP and UDP."""

    place: str
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def forbidden() -> Iterator[Forbidden]:
    with socket.create_server(("127.0.0.2", 0)) as listener, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        port = listener.getsockname()[1]
        datagrams.bind(("127.0.0.2", port))
        datagrams.setblocking(False)
        there = Forbidden(f"127.0.0.2:{port}")

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                there.heard.append("a connection")
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield there
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)


def reply(status: str, *headers: str, body: str = "", speaks: str = "HTTP/1.0") -> Behave:
    return answering("\r\n".join((f"{speaks} {status}", *headers, "", body)))


@dataclass
class Site:
    """A server that answers each path with what a test put there."""

    answers: dict[str, str] = field(default_factory=dict)

    def __call__(self, connection: socket.socket) -> None:
        path = connection.recv(8192).split(b" ")[1].decode()
        connection.sendall(self.answers.get(path, "HTTP/1.0 404 Not Found\r\n\r\n").encode())

    def put(self, path: str, body: str, *headers: str, status: str = "200 OK") -> None:
        self.answers[path] = "\r\n".join((f"HTTP/1.0 {status}", *headers, "", body))


def pieces(*lines: str) -> str:
    return "\n".join(("#EXTM3U", "#EXT-X-TARGETDURATION:5", *lines, "#EXT-X-ENDLIST", ""))


PLACES = {
    "segment": lambda at: pieces("#EXTINF:5,", at),
    "byte range": lambda at: pieces("#EXTINF:5,", "#EXT-X-BYTERANGE:9@0", at),
    "key": lambda at: pieces(f'#EXT-X-KEY:METHOD=AES-128,URI="{at}"', "#EXTINF:5,", "piece.ts"),
    "map": lambda at: pieces(f'#EXT-X-MAP:URI="{at}"', "#EXTINF:5,", "piece.ts"),
    "variant": lambda at: f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{at}\n",
    "media": lambda at: (
        f'#EXTM3U\n#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="a",NAME="a",URI="{at}"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,VIDEO="a"\nvariant.m3u8\n'
    ),
    "description of a session": lambda at: f"v=0\nc=IN IP4 127.0.0.2\na=control:{at}\nm=video 0 RTP/AVP 33\n",
    "ffconcat": lambda at: f"ffconcat version 1.0\nfile '{at}'\n",
    "pages of players": lambda at: f"[Reference]\nRef1={at}\n<asx><ref href='{at}'/></asx>\nRTSPtext\n{at}\n",
    "manifest": lambda at: f'<?xml version="1.0"?><MPD><Period><BaseURL>{at}</BaseURL></Period></MPD>',
}  # fmt: skip
"""Where an answer can name a further address."""


def test_no_protocol_at_no_place_leads_past_the_rules(forbidden: Forbidden) -> None:
    """Every protocol of FFmpeg, in every way to write it, at every place: as the source, named, and redirected to."""
    site, gate = Site(), Gate(ONE)
    site.put("/piece.ts", "G" * 400)
    site.put("/variant.m3u8", pieces("#EXTINF:5,", "piece.ts"))
    protocols = known_protocols()
    assert {"httpproxy", "tcp", "udp", "file", "crypto", "rtp"} <= set(protocols)
    with serving(site) as port:
        numbers = itertools.count()
        for protocol in protocols:
            for at in addresses(protocol, forbidden.place):
                sources = [at]
                for put in PLACES.values():
                    sources.append(f"/{next(numbers)}")
                    site.put(sources[-1], put(at))
                sources.append(f"/{next(numbers)}")
                site.put(sources[-1], "", f"Location: {at}", status="302 Found")
                for source in sources:
                    address = f"http://127.0.0.1:{port}{source}" if source.startswith("/") else source
                    with pytest.raises(SourceDown):
                        opened(address, gate).read()
    assert not forbidden.heard
    gate.close()


def test_the_listener_would_hear_what_the_rules_allow(forbidden: Forbidden) -> None:
    site, both = Site(), CameraNetworks.of(["127.0.0.0/8"])
    site.put("/live", PLACES["key"](f"http://{forbidden.place}/x"))
    site.put("/piece.ts", "G" * 400)
    with serving(site) as port, pytest.raises(SourceDown):
        open_source(f"http://127.0.0.1:{port}/live", False, open_timeout_s=2, networks=both).read()
    assert forbidden.heard


SDP = "v=0\r\ns=x\r\na=control:{at}\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:{at}\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        "RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0 +302 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0 0302 x\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0\r 302 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0 3\r02 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RT\rSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0\t302\tFound\r\nCSeq: 1\r\nLocation:\t{at}\r\n\r\n",
        "RTSP/1.0 302 Found\nCSeq: 1\nLocation: {at}\n\n",
        "RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation:\r\n {at}\r\n\r\n",
        "RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1/\r\nLocation: {at}\r\n\r\n",
        "RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation : {at}\r\nLoca\rtion: {at}\r\n\r\n",
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nLocation: {at}\r\nContent-Base: {at}\r\nContent-Length: {size}\r\n\r\n{sdp}",
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Location: {at}\r\nContent-Length: {size}\r\n\r\n{sdp}",
        "\r\nRTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Base: {at}\r\nContent-Length: {size}\r\n\r\n{sdp}",
        "REDIRECT rtsp://127.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
        "$\0\0\4RTSPRTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {at}\r\n\r\n",
    ],
)
@pytest.mark.parametrize("scheme", ["rtsp", "http", "httpproxy", "tcp", "udp"])
def test_an_rtsp_server_cannot_send_elsewhere(answer: str, scheme: str, forbidden: Forbidden) -> None:
    at = f"{scheme}://{forbidden.place}/x"
    sdp = SDP.format(at=at)

    def camera(connection: socket.socket) -> None:
        """Answers each question alike, so that SETUP and PLAY follow an address from DESCRIBE."""
        while asked := connection.recv(4096):
            number = asked.partition(b"CSeq: ")[2].partition(b"\r\n")[0].decode()
            said = answer.replace("CSeq: 1", f"CSeq: {number}").format(at=at, sdp=sdp, size=len(sdp))
            connection.sendall(said.encode())
            if "302" in answer or answer.startswith("REDIRECT") or asked.startswith(b"PLAY"):
                return

    with serving(camera) as port, pytest.raises(SourceDown):
        opened(f"rtsp://127.0.0.1:{port}/live").read()
    assert not forbidden.heard


def test_a_server_at_a_forbidden_address_is_not_asked(forbidden: Forbidden) -> None:
    for scheme in ("http", "https", "rtsp", "rtsps"):
        with pytest.raises(SourceDown, match="not allowed for cameras"):
            opened(f"{scheme}://{forbidden.place}/live")
    assert not forbidden.heard


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_does_not_lead_past_the_rules(scheme: str, forbidden: Forbidden) -> None:
    elsewhere = reply("302 Found", f"Location: {scheme}://{forbidden.place}/x")
    with serving(elsewhere) as port, pytest.raises(SourceDown, match="not allowed for cameras"):
        opened(f"http://127.0.0.1:{port}/live")
    assert not forbidden.heard


def test_a_redirect_to_a_camera_is_followed() -> None:
    with serving(mjpeg(50)) as camera, serving(reply("302 Found", f"Location: http://127.0.0.1:{camera}/")) as port:
        source = opened(f"http://127.0.0.1:{port}/live")
        assert source.read() is not None
        source.close()


def test_redirects_in_a_circle_have_an_end() -> None:
    with serving(reply("302 Found", "Location: /again")) as port, pytest.raises(SourceDown, match="again and again"):
        opened(f"http://127.0.0.1:{port}/live")


def test_a_camera_gets_its_login_and_a_path_of_its_own() -> None:
    heard: list[bytes] = []

    def camera(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        status = b"404 Not Found" if b"Authorization" in heard[-1] else b"401 No\r\nWWW-Authenticate: Basic realm=x"
        connection.sendall(b"HTTP/1.0 " + status + b"\r\n\r\n")

    with serving(camera) as port, pytest.raises(SourceDown, match="nothing under this path"):
        opened(f"http://ann:s3cret@127.0.0.1:{port}/live?x=1")
    for request in heard:
        first, *headers = request.decode().split("\r\n")
        assert first == "GET /live?x=1 HTTP/1.1"
        assert f"Host: 127.0.0.1:{port}" in headers
    assert b"Authorization: Basic YW5uOnMzY3JldA==" in heard[1]


def test_a_login_does_not_follow_a_redirect_to_another_server() -> None:
    heard: list[bytes] = []

    def other(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm=x\r\n\r\n")

    with (
        serving(other) as there,
        serving(reply("302 Found", f"Location: http://127.0.0.1:{there}/")) as port,
        pytest.raises(SourceDown, match=f"redirects to 127.0.0.1:{there}, which asks for a login"),
    ):
        opened(f"http://ann:s3cret@127.0.0.1:{port}/live")
    assert len(heard) == 1 and b"Authorization" not in heard[0]


def test_environment_does_not_lead_elsewhere(monkeypatch: pytest.MonkeyPatch, forbidden: Forbidden) -> None:
    monkeypatch.setenv("http_proxy", f"http://{forbidden.place}")
    with serving(mjpeg(50)) as port:
        source = opened(f"http://127.0.0.1:{port}/live")
        assert source.read() is not None
        source.close()
    assert not forbidden.heard


def test_the_gate_says_what_is_wrong_with_a_place() -> None:
    gate = Gate(ONE)
    with pytest.raises(AddressRefused):
        gate.dial("127.0.0.2", 1, 1)
    with serving(mjpeg(1)) as port:
        gate.dial("127.0.0.1", port, 1).close()
    gate.close()
