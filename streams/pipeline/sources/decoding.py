"""Decodes coded pictures and gives them as people see them: upright, with square pixels, in RGB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Protocol, cast

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image as Pillow
from PIL import ImageOps

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, Undecodable
from streams.pipeline.reasons import Reason

cv2.utils.logging.setLogLevel(0)

LARGEST_PX = 36_000_000
"""8K has 33 million pixels. A child holds several copies of a frame at any time, 3 bytes a pixel."""
NARROWEST, WIDEST = Fraction(1, 4), Fraction(4)
"""Pixels of real cameras are between 1:2 and 2:1; a header that claims more than these is mistaken."""
NEARLY_SQUARE = 0.02
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_END = b"\xff\xd9"
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True, slots=True)
class Packet:
    """One coded picture, not decoded yet. The last one of a recording is empty: decoding it gives what is left."""

    size_bytes: int
    is_key: bool
    """Whether it can be decoded without the packets before it."""
    media_s: float | None
    """Its time on the stream's own clock; None: the stream has none."""
    coded: av.Packet[av.VideoStream] | bytes


_END_OF_STREAM = Packet(0, False, None, b"")


class Picture(Protocol):
    """One decoded picture. It becomes pixels only when somebody wants them, which costs 1 to 5 ms."""

    @property
    def media_s(self) -> float | None:
        """Its time on the stream's own clock."""

    @property
    def aspect(self) -> Fraction:
        """Width of a pixel divided by its height, as it was sent."""

    def rgb(self) -> Image:
        """Returns it upright, with square pixels. Raises Undecodable."""


class Decoder(Protocol):
    def decode(self, packet: Packet) -> Sequence[Picture]:
        """Returns the pictures that are complete with this packet. Raises Undecodable, or SourceDown if too large."""


class VideoDecoder:
    """Decodes the packets of one video stream in order; `begins_s` is its time at media time 0."""

    def __init__(self, context: VideoCodecContext, begins_s: float = 0.0) -> None:
        self._context, self._begins_s, self._reformatter = context, begins_s, VideoReformatter()
        self._for_keys: VideoDecoder | None = None
        self._prepare()

    def decode(self, packet: Packet) -> list[VideoPicture]:
        coded = av.Packet(packet.coded) if isinstance(packet.coded, bytes) else packet.coded
        try:
            frames = self._context.decode(coded)
        except FFmpegError:
            check_size(self._context.width, self._context.height)
            raise Undecodable from None
        aspect = square_or(self._context.sample_aspect_ratio)
        return [VideoPicture(frame, self._time_of(frame, packet), aspect, self._reformatter) for frame in frames]

    def alone(self, key: Packet) -> list[VideoPicture]:
        """Returns the picture of one key frame; decoding of the others goes on where it was. Raises as `decode` does.

        A second decoder does it, which keeps the memory of its pictures: new memory for each takes 4 ms at 1080p.
        """
        if self._for_keys is None:
            self._for_keys = VideoDecoder(self._like_mine())
        one = self._for_keys
        try:
            return [*one.decode(key), *one.decode(_END_OF_STREAM)]  # or it waits for pictures that go before it
        finally:
            one._context.flush_buffers()

    def hurry(self, is_behind: bool) -> None:
        """Leaves out, from the next packet on, pictures to which no other refers: most B-frames, some P-frames."""
        self._context.skip_frame = "NONREF" if is_behind else "DEFAULT"

    def forget(self) -> None:
        """Forgets all packets, so that decoding may begin at another key frame.

        It opens the decoder anew: one that is only flushed keeps the memory of its pictures.
        """
        before, self._context = self._context, self._like_mine()
        before.flush_buffers()  # a container keeps its own
        self._prepare()

    def _like_mine(self) -> VideoCodecContext:
        made = cast(VideoCodecContext, av.CodecContext.create(self._context.codec.name, "r"))
        made.extradata = self._context.extradata
        return made

    def _prepare(self) -> None:
        # One core per camera. By default each core of the machine decodes a frame, and each delays the stream by one.
        self._context.thread_count = 1
        self._context.options = {**self._context.options, "max_pixels": str(LARGEST_PX)}

    def _time_of(self, frame: VideoFrame, packet: Packet) -> float | None:
        if frame.pts is None or frame.time_base is None:
            return packet.media_s
        return float(frame.pts * frame.time_base) - self._begins_s


@dataclass(frozen=True, slots=True)
class VideoPicture:
    frame: VideoFrame
    media_s: float | None
    aspect: Fraction
    """Width of a pixel divided by its height."""
    reformatter: VideoReformatter
    """Shared by the stream's frames: a new one each time costs a sixth of decoding."""

    def rgb(self) -> Image:
        check_size(self.frame.width, self.frame.height)
        width, height = squared(self.frame.width, self.frame.height, self.aspect)
        try:
            pixels = self.reformatter.reformat(self.frame, width, height, "rgb24", threads=1).to_ndarray()
        except (FFmpegError, ValueError):
            raise Undecodable from None
        return turned(np.ascontiguousarray(pixels), self.frame.rotation)

    def grey(self, width_px: int) -> Image:
        """Returns its brightness, (height, width) and at most about `width_px` wide: a fifth of the time of `rgb`."""
        check_size(self.frame.width, self.frame.height)
        width, height = squared(self.frame.width, self.frame.height, self.aspect)
        shrink = max(1, round(width / width_px))
        try:
            pixels = self.reformatter.reformat(self.frame, width // shrink, height // shrink, "gray", threads=1)
            return turned(np.ascontiguousarray(pixels.to_ndarray()), self.frame.rotation)
        except (FFmpegError, ValueError):
            raise Undecodable from None


class StillDecoder:
    """Decodes pictures that each stand alone: JPEG, as most cameras send them, PNG and the like."""

    def decode(self, packet: Packet) -> list[Picture]:
        assert isinstance(packet.coded, bytes)
        return [StillPicture(packet.coded, packet.media_s)]


@dataclass(frozen=True, slots=True)
class StillPicture:
    coded: bytes
    media_s: float | None
    aspect: Fraction = Fraction(1)

    def rgb(self) -> Image:
        # Some cameras leave the end mark out, and Pillow takes that for half a picture.
        whole = self.coded if self.coded.endswith(_END) or not self.coded.startswith(b"\xff\xd8") else self.coded + _END
        try:
            with Pillow.open(BytesIO(whole), formats=PICTURE_FORMATS) as picture:  # decodes nothing yet
                check_size(picture.width, picture.height)
                return np.array(ImageOps.exif_transpose(picture).convert("RGB"))
        except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
            raise Undecodable from None


def check_size(width: int, height: int) -> None:
    """Raises SourceDown if a picture of this size is too large to decode."""
    if width * height > LARGEST_PX:
        raise SourceDown(Reason.TOO_LARGE.said(width=width, height=height))


def square_or(aspect: Fraction | None) -> Fraction:
    """Returns the pixels' aspect, or 1 if it is not told, not believable, or nearly 1."""
    if not aspect or not NARROWEST <= aspect <= WIDEST or abs(aspect - 1) < NEARLY_SQUARE:
        return Fraction(1)
    return Fraction(aspect)


def squared(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Returns the size of the same picture in square pixels; it grows in one direction, so no face gets smaller.

    A picture that would become too large gets smaller in the other direction.
    """
    wide, high = (width * aspect, height) if aspect >= 1 else (width, height / aspect)
    if wide * high > LARGEST_PX:
        wide, high = (width, height / aspect) if aspect >= 1 else (width * aspect, height)
    return max(1, round(wide)), max(1, round(high))


def turned(image: Image, degrees: float) -> Image:
    """Returns the picture turned counterclockwise, by quarters; other angles are left as they are."""
    turn = _TURNS.get(round(degrees) % 360)
    return image if turn is None else cast(Image, cv2.rotate(image, turn))
