"""RTSP sessions that a camera ends unless it is asked the right thing in time, with logins that hold for a while."""

from __future__ import annotations

import re
import socket
import struct
import time
from dataclasses import dataclass, field
from hashlib import md5

import pytest

from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import open_source
from tests.streams.pipeline.coded import rtp
from tests.streams.pipeline.servers import serving

HERE = CameraNetworks.of(["127.0.0.0/8"])
SDP = "v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
STALE = ", stale=true"


@dataclass
class SessionCamera:
    """Hangs up once its session was not kept for `timeout_s`."""

    timeout_s: int = 60
    kept_by: tuple[str, ...] = ("OPTIONS", "GET_PARAMETER")
    knows: str = ""
    """What it answers to OPTIONS as `Public`."""
    nonce_uses: int = 0
    """How many questions a nonce is good for; 0: the camera asks for no login."""
    stale: str = ""
    login: str = "ann:right"
    asked: list[tuple[str, int]] = field(default_factory=list)
    _nonce: int = 0
    _left: int = 0

    def __call__(self, connection: socket.socket) -> None:
        while self._answer(connection, self._head(connection)) != ("PLAY", 200):
            pass
        kept_s = time.monotonic()
        connection.settimeout(0.02)
        for packet in rtp(pictures=400):
            if time.monotonic() - kept_s > self.timeout_s:
                return
            connection.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)
            try:
                head = self._head(connection)
            except TimeoutError:
                continue
            method, status = self._answer(connection, head)
            if method in self.kept_by and status == 200:
                kept_s = time.monotonic()

    def _head(self, connection: socket.socket) -> str:
        """Raises OSError once the client hangs up, which ends the connection."""
        if not (head := connection.recv(8192).decode()):
            raise ConnectionResetError
        return head

    def _answer(self, connection: socket.socket, head: str) -> tuple[str, int]:
        method, url, _ = head.split(" ", 2)
        may = self._may(method, url, head)
        self.asked.append((method, 200 if may else 401))
        number = re.search(r"CSeq: (\d+)", head)
        assert number
        if not may:
            self._nonce, self._left = self._nonce + 1, self.nonce_uses
            said, body = f'WWW-Authenticate: Digest realm="r", nonce="n{self._nonce}"{self.stale}\r\n', ""
        else:
            body = SDP if method == "DESCRIBE" else ""
            said = f"Session: 7;timeout={self.timeout_s}\r\nPublic: {self.knows}\r\nContent-Length: {len(body)}\r\n"
        status = "200 OK" if may else "401 Unauthorized"
        connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {number[1]}\r\n{said}\r\n{body}".encode())
        return self.asked[-1]

    def _may(self, method: str, url: str, head: str) -> bool:
        if not self.nonce_uses:
            return True
        self._left -= 1
        user, _, secret = self.login.partition(":")
        response = hashed(f"{hashed(f'{user}:r:{secret}')}:n{self._nonce}:{hashed(f'{method}:{url}')}")
        return self._left >= 0 and f'response="{response}"' in head


def hashed(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def watched(camera: SessionCamera, for_s: float, login: str = "ann:right@") -> None:
    """Reads the camera for so long. Raises SourceDown if it hangs up before."""
    with serving(camera) as port:
        address = f"rtsp://{login}127.0.0.1:{port}/cam"
        source = open_source(address, False, open_timeout_s=3, read_timeout_s=2, networks=HERE)
        began = time.monotonic()
        try:
            while time.monotonic() - began < for_s:
                source.read()
        finally:
            source.close()


@pytest.mark.parametrize("stale", [STALE, ""])
@pytest.mark.parametrize("uses", [1, 2])
def test_a_nonce_that_holds_for_few_questions_is_no_wrong_login(uses: int, stale: str) -> None:
    camera = SessionCamera(nonce_uses=uses, stale=stale)
    watched(camera, 0.2)
    assert ("PLAY", 200) in camera.asked


@pytest.mark.parametrize("stale", [STALE, ""])
def test_a_wrong_login_is_refused_however_often_the_nonce_changes(stale: str) -> None:
    camera = SessionCamera(nonce_uses=1, stale=stale)
    with pytest.raises(SourceDown, match="refuses the login"):
        watched(camera, 0.2, "ann:wrong@")
    assert len(camera.asked) <= 3


@pytest.mark.parametrize("stale", [STALE, ""])
def test_a_session_is_kept_with_a_fresher_nonce_once_the_one_before_is_over(stale: str) -> None:
    camera = SessionCamera(timeout_s=2, nonce_uses=3, stale=stale)
    watched(camera, 3)
    assert ("OPTIONS", 200) in camera.asked
    assert camera.asked.count(("OPTIONS", 401)) <= 2, "it asks once more each time, and not without end"


def test_a_login_that_no_question_is_let_in_with_any_more_lets_the_video_go_on() -> None:
    camera = SessionCamera(timeout_s=2, nonce_uses=3, kept_by=("OPTIONS",))
    began = time.monotonic()

    def turned_away(method: str, url: str, head: str) -> bool:
        return method != "OPTIONS" and SessionCamera._may(camera, method, url, head)

    camera._may = turned_away  # type: ignore[method-assign]
    with pytest.raises(SourceDown, match="hung up"):
        watched(camera, 5)
    assert time.monotonic() - began > 1.8, "for as long as the camera sends"
    assert camera.asked.count(("OPTIONS", 401)) <= 4


def test_a_session_that_options_do_not_keep_is_kept_by_get_parameter() -> None:
    camera = SessionCamera(timeout_s=2, kept_by=("GET_PARAMETER",), knows="OPTIONS, DESCRIBE, GET_PARAMETER, PLAY")
    watched(camera, 3.5)
    assert [method for method, _ in camera.asked].count("OPTIONS") == 1


@pytest.mark.parametrize("timeout_s", [1, 3, 5])
def test_a_session_is_kept_within_the_time_that_the_camera_names(timeout_s: int) -> None:
    watched(SessionCamera(timeout_s=timeout_s), timeout_s + 1.5)
