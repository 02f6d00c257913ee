"""A camera that speaks RTSP over TCP as a test wants it: with a login, with other words."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class RtspCamera:
    packets: Sequence[bytes]
    codec: str = "H264"
    payload: int = 96
    login: str = ""
    """user:password"""
    hashing: str = "md5"
    every_s: float = 0.01
    media: str = "video"
    more_sdp: str = ""
    after_sdp: str = ""
    path: str = "/cam"
    asked: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket) -> None:
        while head := connection.recv(8192).decode():
            method, url, _ = head.split(" ", 2)
            self.asked.append(f"{method} {url}")
            status, headers, body = self._answer(method, url, head)
            number = re.search(r"CSeq: (\d+)", head)
            length = f"Content-Length: {len(body)}\r\n" if body else ""
            assert number
            connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {number[1]}\r\n{headers}{length}\r\n{body}".encode())
            if method == "PLAY" and status == "200 OK":
                self._play(connection)
                return

    def _answer(self, method: str, url: str, head: str) -> tuple[str, str, str]:
        if not self._may(method, url, head):
            algorithm = {"sha256": ", algorithm=SHA-256"}.get(self.hashing, "")
            return "401 Unauthorized", f'WWW-Authenticate: Digest realm="r", nonce="n"{algorithm}\r\n', ""
        if self.path not in url:
            return "404 Not Found", "", ""
        if method == "DESCRIBE":
            return "200 OK", f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\n", self._sdp()
        transport = self._set_up(head) if method == "SETUP" else ""
        if transport is None:
            return "461 Unsupported Transport", "", ""
        return "200 OK", f"{transport}Session: 77;timeout=60\r\n", ""

    def _set_up(self, head: str) -> str | None:
        """Returns the header that says how packets travel; None: not as it was asked for."""
        return "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n" if "TCP" in head else None

    def _sdp(self) -> str:
        mapped = f"a=rtpmap:{self.payload} {self.codec}/90000\r\n"
        media = f"m={self.media} 0 RTP/AVP {self.payload}\r\n{mapped}{self.after_sdp}a=control:track1\r\n"
        return f"v=0\r\ns=x\r\n{self.more_sdp}{media}"

    def _may(self, method: str, url: str, head: str) -> bool:
        if not self.login:
            return True
        user, _, secret = self.login.partition(":")
        said = dict(re.findall(r'(\w+)="([^"]*)"', head))

        def hashed(text: str) -> str:
            return hashlib.new(self.hashing, text.encode()).hexdigest()

        wanted = hashed(f"{hashed(f'{user}:r:{secret}')}:n:{hashed(f'{method}:{url}')}")
        return said.get("username") == user and said.get("response") == wanted

    def _play(self, connection: socket.socket) -> None:
        for packet in self.packets:
            connection.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)
            time.sleep(self.every_s)
