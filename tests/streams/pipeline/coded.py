"""Small coded videos, made with PyAV: grey pictures that get lighter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

import av
import numpy as np

WIDTH, HEIGHT, RATE = 160, 120, 25
PLAIN = {"tune": "zerolatency", "preset": "ultrafast", "g": "10"}


class Chunks:
    """Keeps each write by itself: a muxer of RTP writes packet by packet."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        return len(data)


@cache
def video(
    container: str = "mpegts",
    codec: str = "libx264",
    pictures: int = 25,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    **more: Any,
) -> bytes:
    file = BytesIO()
    write(file, container, codec, pictures, size, **more)
    return file.getvalue()


@cache
def rtp(codec: str = "libx264", pictures: int = 25, container: str = "rtp") -> tuple[bytes, ...]:
    """Returns the packets of RTP, as FFmpeg cuts them, without those of RTCP."""
    chunks = Chunks()
    write(chunks, container, codec, pictures, (WIDTH, HEIGHT), buffer_size=1200)
    return tuple(packet for packet in chunks.written if not 72 <= packet[1] & 0x7F <= 76)


def write(
    file: Any,
    container: str,
    codec: str,
    pictures: int,
    size: tuple[int, int],
    first: int = 0,
    aspect: Fraction | None = None,
    turn: int = 0,
    **more: Any,
) -> None:
    """Writes a video. `first` moves its timestamps by so many pictures."""
    with av.open(file, "w", format=container, **more) as output:
        stream = output.add_stream(codec, rate=RATE, options=_options(codec))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.thread_count = 1  # or the JPEGs are cut into slices, which the muxer of RTP does not tell
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if turn:
            stream.set_display_rotation(turn)
        for number, frame in enumerate(frames(pictures, size)):
            frame.pts = first + number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def frames(pictures: int, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    for number in range(pictures):
        shade = np.full((size[1], size[0], 3), 40 + number * 5 % 200, np.uint8)
        shade[:, : size[0] // 4] = 255  # the left is white, to tell how a picture is turned
        yield av.VideoFrame.from_ndarray(shade, format="rgb24")


def _options(codec: str) -> dict[str, str]:
    match codec:
        case "libx264":
            return PLAIN
        case "libx265":
            return {"x265-params": "log-level=none:keyint=10:bframes=0", "preset": "ultrafast"}
        case "mjpeg":
            return {"huffman": "0", "force_duplicated_matrix": "1"}  # as RFC 2435 wants it
    return {}
