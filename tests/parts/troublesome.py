"""Cameras that are trouble for whoever reads them, each as an address."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle

import cv2
import numpy as np

from tests.streams.pipeline.coded import rtp
from tests.streams.pipeline.rtsp_camera import RtspCamera
from tests.streams.pipeline.servers import black_hole, serving

Behave = Callable[[socket.socket], None]
_MJPEG = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"


@contextmanager
def troublesome_cameras() -> Iterator[dict[str, str]]:
    """Gives addresses by the kind of trouble."""
    kinds: dict[str, tuple[str, Behave]] = {
        "picture-storm": ("http", _mjpeg(_jpeg(64, 64))),
        "packet-storm": ("rtsp", RtspCamera(_Endless(rtp()), every_s=0)),
        "nothing-whole": ("rtsp", RtspCamera(_Endless(tuple(packet[:13] for packet in rtp())), every_s=0)),
        "huge": ("http", _mjpeg(_jpeg(10_000, 10_000))),
        "silent": ("rtsp", black_hole),
    }
    with ExitStack() as servers:
        yield {
            kind: f"{scheme}://127.0.0.1:{servers.enter_context(serving(behave))}/cam"
            for kind, (scheme, behave) in kinds.items()
        }


class _Endless(tuple[bytes, ...]):
    """Packets over and over."""

    def __iter__(self) -> Iterator[bytes]:
        return cycle(tuple.__iter__(self))


def _mjpeg(picture: bytes) -> Behave:
    """Sends the picture as often as the line takes it."""

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(_MJPEG)
        part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture) + picture + b"\r\n"
        while True:
            connection.sendall(part)

    return behave


def _jpeg(width: int, height: int) -> bytes:
    made, coded = cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))
    assert made
    return bytes(coded)
