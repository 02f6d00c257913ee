"""Video packets from a stream of bytes: FFmpeg (PyAV) tells what they are, and opens nothing itself.

It gets the bytes from a file object of ours. It may use no protocol, and a file that names another address (a
playlist, a description of a session, an external track) is refused, whatever that address is.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NoReturn, Protocol, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from streams.pipeline.sources.decoding import Packet, Picture, VideoDecoder, check_size

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,h264,hevc,av1,obu,m4v,ivf,mjpeg,"
    "aac,mp3,wav,flac"  # sound: to say that it is sound
)
SLOWEST_RATE, USUAL_RATE, FASTEST_RATE = 1.0, 25.0, 120.0
_OPTIONS = {
    "protocol_whitelist": "",
    "format_whitelist": FORMATS,
    # 1 s instead of 5: a live stream waits for as long as its first seconds are looked at.
    "analyzeduration": "1000000",
}


class Bytes(Protocol):
    """What FFmpeg reads: `read` gives at most `size` bytes, as soon as there are some, and none at the end."""

    def read(self, size: int, /) -> bytes: ...


class _Remembering:
    """Keeps the first error of a file and gives nothing after it: FFmpeg would ask again and again."""

    def __init__(self, file: Bytes) -> None:
        self._file = file
        self.error: Exception | None = None

    def read(self, size: int, /) -> bytes:
        try:
            return b"" if self.error else self._file.read(size)
        except Exception as error:  # noqa: BLE001 - raised where the packet was asked for
            self.error = error
            return b""


class _Seekable(_Remembering):
    """A file in which FFmpeg may go back and forth."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)  # type: ignore[attr-defined, no-any-return]

    def tell(self) -> int:
        return self._file.tell()  # type: ignore[attr-defined, no-any-return]


class NotVideo(Exception):
    """These bytes hold no video that FFmpeg knows."""


class SoundOnly(NotVideo):
    """They hold sound and no video."""


class Container:
    """Reads the best video stream of a file or stream, packet by packet."""

    def __init__(self, file: Bytes, format_name: str | None = None) -> None:
        """Raises NotVideo, SourceDown if its pictures are too large, and whatever `file` raises."""
        self._bytes = _Seekable(file) if getattr(file, "seekable", bool)() else _Remembering(file)
        try:
            self._container: InputContainer = av.open(
                self._bytes, "r", format=format_name, options=_OPTIONS, io_open=_refuse, metadata_errors="replace"
            )
        except FFmpegError:
            raise self._bytes.error or NotVideo() from None
        try:
            self._stream = self._best_stream()
            self._begins_s = _seconds(self._stream.start_time, self._stream.time_base) or 0.0
            self.decoder = VideoDecoder(self._stream.codec_context, self._begins_s)
        except BaseException:
            self.close()
            raise
        self._packets = self._container.demux(self._stream)

    @property
    def format(self) -> str:
        """Returns FFmpeg's name of the format, by its content."""
        return self._container.format.name

    @property
    def length_s(self) -> float | None:
        """Returns how long it is, as it says itself; None if it does not say."""
        length = self._container.duration
        return length / av.time_base if length and length > 0 else None

    @property
    def period_s(self) -> float:
        """Returns about how long a picture is shown: by the rate that the file says, or that its first second shows."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return 1 / min(max(float(rate), SLOWEST_RATE), FASTEST_RATE) if rate else 1 / USUAL_RATE

    def packet(self) -> Packet | None:
        """Returns the next packet; None after the last one. Raises whatever `file` raises."""
        try:
            coded = next(self._packets, None)
        except FFmpegError:  # damaged, or cut short
            coded = None
        if coded is None:
            if self._bytes.error:
                raise self._bytes.error
            return None
        at_s = _seconds(coded.dts if coded.pts is None else coded.pts, coded.time_base)
        return Packet(coded.size, coded.is_keyframe, None if at_s is None else at_s - self._begins_s, coded)

    def decode(self, packet: Packet) -> Sequence[Picture]:
        return self.decoder.decode(packet)

    def close(self) -> None:
        self._container.close()

    def _best_stream(self) -> VideoStream:
        stream = cast("VideoStream | None", self._container.streams.best("video"))
        if stream is None and self._container.streams.audio:
            raise SoundOnly
        if stream is None or stream.codec_context is None:
            raise NotVideo
        check_size(stream.codec_context.width, stream.codec_context.height)
        return stream


def _seconds(ticks: int | None, base: Fraction | None) -> float | None:
    return None if ticks is None or base is None else float(ticks * base)


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise NotVideo
