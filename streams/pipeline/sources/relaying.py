"""Carries bytes between FFmpeg and a camera, and guards against RTSP servers that send FFmpeg elsewhere."""

from __future__ import annotations

import re
import selectors
import socket
import ssl
from collections.abc import Callable

from streams.pipeline.errors import SentElsewhere

CHUNK = 65_536
# 30 s: FFmpeg gives up a silent camera after 5 s (a frozen one after 15 s) and hangs up by itself.
IDLE_S = 30.0
LONGEST_LINE = 4096

_MARK = b"RTSP/"
_ELSEWHERE = re.compile(rb"RTSP/\S*[^\S\n]+[+0]*3\d\d")
PassOn = Callable[[bytes], bytes]


class RedirectGuard:
    """Passes on what an RTSP server says; raises SentElsewhere before a redirect's status line is complete.

    FFmpeg follows RTSP redirects without asking, past the gate. Frames travel on the same connection, so the guard
    holds back only an unfinished line that begins like a status line, until its end arrives.
    """

    def __init__(self) -> None:
        self._tail, self._held = b"", b""

    def __call__(self, chunk: bytes) -> bytes:
        said = self._tail + self._held + chunk  # the tail was passed on before
        until, begin = len(said), said.rfind(_MARK)
        if begin >= 0 and b"\n" not in said[begin:]:
            until = max(begin, len(self._tail))
        if _ELSEWHERE.search(said) or len(said) - until > LONGEST_LINE:
            raise SentElsewhere
        passed = said[len(self._tail) : until]
        self._held = said[until:]
        self._tail = said[max(0, until - len(_MARK) + 1) : until]
        return passed


def as_it_is(chunk: bytes) -> bytes:
    return chunk


def pump(client: socket.socket, camera: socket.socket, pass_on: PassOn = as_it_is) -> None:
    """Carries bytes both ways until one side ends; the camera's bytes go through `pass_on`.

    Raises OSError as sockets do, also if a side takes no bytes for IDLE_S.
    """
    for side in (client, camera):
        side.settimeout(IDLE_S)
    with selectors.DefaultSelector() as waiting:
        waiting.register(client, selectors.EVENT_READ, (client, camera, as_it_is))
        waiting.register(camera, selectors.EVENT_READ, (camera, client, pass_on))
        while ready := waiting.select(IDLE_S):
            for key, _ in ready:
                if not _carry(*key.data):
                    return


def _carry(one: socket.socket, other: socket.socket, pass_on: PassOn) -> bool:
    """Carries what `one` has sent to `other`; returns False if `one` has ended."""
    while True:
        chunk = one.recv(CHUNK)
        if not chunk:
            return False
        other.sendall(pass_on(chunk))
        if not (isinstance(one, ssl.SSLSocket) and one.pending()):  # no selector sees bytes that are decrypted already
            return True
