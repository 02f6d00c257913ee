"""A still scene with sensor noise into which somebody steps, coded by x264 as cameras do it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from people.recognition.types import Image
from streams.pipeline.sources.decoding import Packet, Picture, VideoDecoder, VideoPicture
from tests.streams.pipeline.coded import Chunks
from tests.streams.pipeline.fakes import FakeClock

WIDTH, HEIGHT, RATE = 640, 360, 25
NOISE = 2.0
VBR = {"crf": "23"}
CBR = {"nal-hrd": "cbr", "b": "800k", "minrate": "800k", "maxrate": "800k", "bufsize": "800k"}


@cache
def coded(
    still_s: float, moving_s: float, after_s: float = 0.0, group: int = 50, constant: bool = False
) -> tuple[tuple[bytes, bool], ...]:
    """Returns the packets of a scene, each with whether it is a key frame."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate, context.gop_size = Fraction(1, RATE), Fraction(RATE), group
    rate = CBR if constant else VBR
    context.bit_rate = 800_000 if constant else 0
    context.options = {"preset": "veryfast", "bf": "0", "sc_threshold": "0", "tune": "zerolatency", **rate}
    context.thread_count = 1
    packets = []
    for number, image in enumerate(pictures(still_s, moving_s, after_s)):
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = number
        packets += [(bytes(packet), packet.is_keyframe) for packet in context.encode(frame)]
    return (*packets, *((bytes(packet), packet.is_keyframe) for packet in context.encode(None)))


def pictures(still_s: float, moving_s: float, after_s: float) -> Iterator[Image]:
    """Somebody walks from the left, comes to stand, and stays."""
    random = np.random.default_rng(1)
    room = cv2.resize(random.integers(60, 190, (9, 16), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    clothes = random.integers(20, 90, (200, 70)).astype(np.float32)
    still, moving = round(still_s * RATE), round(moving_s * RATE)
    for number in range(still + moving + round(after_s * RATE)):
        picture = room.astype(np.float32)
        steps = min(number - still, moving)
        if steps >= 0:
            left = 5 + 5 * steps
            picture[140:340, left : left + 70] = clothes if steps == moving else folded(clothes, random)
        noisy = picture + random.normal(0, NOISE, picture.shape)
        yield np.repeat(noisy.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def folded(clothes: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Clothes and limbs of somebody who walks are new in every frame, in part."""
    fold = cv2.resize(random.normal(0, 12, (20, 7)).astype(np.float32), (70, 200))
    return np.asarray(clothes + fold)


class LiveStream:
    """Gives coded packets at the camera's pace, on a clock of the test's own, and counts what is decoded."""

    def __init__(self, packets: tuple[tuple[bytes, bool], ...], clock: FakeClock) -> None:
        context = av.CodecContext.create("h264", "r")
        self.decoder, self.given, self.decoded = CountingDecoder(context), 0, 0
        self._packets, self._clock = deque(packets), clock

    def packet(self) -> Packet | None:
        if not self._packets:
            return None
        self._clock.s += 1 / RATE
        data, is_key = self._packets.popleft()
        self.given += 1
        return Packet(len(data), is_key, self.given / RATE, data)

    def decode(self, packet: Packet) -> list[Picture]:
        return self.decoder.decode(packet)

    def close(self) -> None:
        pass


class CountingDecoder(VideoDecoder):
    def __init__(self, context: VideoCodecContext) -> None:
        super().__init__(context)
        self.decoded = 0

    def decode(self, packet: Packet) -> list[VideoPicture]:
        self.decoded += bool(packet.size_bytes)
        return super().decode(packet)

    def alone(self, key: Packet) -> list[VideoPicture]:
        self.decoded += 1
        return super().alone(key)


@cache
def rtp(still_s: float, moving_s: float, after_s: float = 0.0) -> tuple[tuple[bytes, ...], ...]:
    """Returns the RTP packets of each picture of a scene."""
    chunks = Chunks()
    with av.open(chunks, "w", format="rtp", buffer_size=1200) as output:
        options = {"preset": "veryfast", "tune": "zerolatency", "g": "50", "sc_threshold": "0", **VBR}
        stream = output.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.thread_count = 1
        for number, image in enumerate(pictures(still_s, moving_s, after_s)):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = number
            output.mux(stream.encode(frame))
    of_pictures: dict[bytes, list[bytes]] = {}
    for packet in chunks.written:
        if not 72 <= packet[1] & 0x7F <= 76:  # those of RTCP
            of_pictures.setdefault(packet[4:8], []).append(packet)
    return tuple(tuple(packets) for packets in of_pictures.values())
