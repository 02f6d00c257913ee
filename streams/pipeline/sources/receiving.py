"""The source behind an address: finds out by content what the server sends, and plays it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.answers import HEAD_BYTES, HttpVideo, is_picture, is_pictures, is_playlist, is_text
from streams.pipeline.sources.containers import NotVideo, SoundOnly
from streams.pipeline.sources.fetching import Fetcher, HttpAnswer
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.hls import Hls
from streams.pipeline.sources.pace import Pace
from streams.pipeline.sources.pictures import BLANK, EVERY_S, MotionJpeg, Snapshots
from streams.pipeline.sources.reading import PacketStream, PictureReader
from streams.pipeline.sources.rtsp_video import open_rtsp
from streams.pipeline.sources.transport import Transport
from streams.pipeline.sources.wanting import IsWanted, always


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a camera wants of the source behind its address."""

    loop: bool = False
    open_s: float = 10.0
    read_s: float = 5.0
    snapshot_every_s: float = EVERY_S
    smallest_face_px: int = 40
    transport: Transport = Transport.AUTOMATIC
    """How the packets of an RTSP server are to travel."""
    seen_live: set[str] = field(default_factory=set)
    """Playlists that were live once; kept from one connection to the next."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream and how to play it."""

    stream: PacketStream
    recorded: bool = False
    """Whether it has an end: it can be looped, and is over when it is over."""
    paced: bool = False
    """Whether it comes faster than it is to be shown."""


class Receiving:
    """Source of an address. Plays a recording in real time, and loops it if asked to."""

    def __init__(self, address: str, gate: Gate, wishes: Wishes) -> None:
        """Raises SourceDown with the reason why there is no video."""
        self._wishes = wishes
        self._open: Callable[[], Opened] = lambda: open_address(address, gate, wishes)
        self._begin()
        self._pace = Pace()

    @property
    def pixel_aspect(self) -> float:
        return self._reader.pixel_aspect

    @property
    def packets_lost(self) -> int:
        return int(getattr(self._opened.stream, "packets_lost", 0))

    @property
    def pace_s(self) -> float:
        return float(getattr(self._opened.stream, "pace_s", 0.0))

    @property
    def packets(self) -> PictureReader | None:
        """Returns the reader of a live stream whose packets may be kept and decoded later; None for other sources."""
        live = not self._opened.recorded and not self._opened.paced
        return self._reader if live and self._reader.decoder else None

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        while True:
            picture = self._reader.next()
            if picture is None:
                self._begin_again()
                continue
            if self._opened.paced and picture.media_s is not None:
                self._pace.wait(picture.media_s)
            if not is_wanted():
                return None
            if (image := self._reader.pixels(picture)) is not None:
                return image

    def close(self) -> None:
        self._opened.stream.close()

    def _begin(self) -> None:
        self._opened = self._open()
        self._reader = PictureReader(self._opened.stream)

    def _begin_again(self) -> None:
        if not self._reader.read:
            raise SourceDown(Reason.NO_FIRST_PICTURE.said())
        if not self._opened.recorded:
            raise SourceDown(Reason.BROKE_OFF.said())
        if not self._wishes.loop:
            raise SourceEnded(Reason.RECORDING_ENDED.said())
        self.close()
        self._begin()


def open_address(address: str, gate: Gate, wishes: Wishes) -> Opened:
    """Opens an address of any kind. Raises SourceDown with the reason why there is no video."""
    if urlsplit(address).scheme.lower().startswith("rtsp"):
        return Opened(open_rtsp(address, gate, wishes.open_s, wishes.read_s, wishes.transport))
    fetcher = Fetcher(address, gate, wishes.open_s, wishes.read_s)
    answer = fetcher.get(address)
    try:
        return _of_answer(answer, address, fetcher, wishes)
    except SoundOnly:
        raise SourceDown(Reason.STREAM_SOUND_ONLY.said()) from None
    except NotVideo:
        raise SourceDown(Reason.NOT_VIDEO.said()) from None
    except BaseException:
        answer.close()
        raise


def _of_answer(answer: HttpAnswer, address: str, fetcher: Fetcher, wishes: Wishes) -> Opened:
    head = answer.peek(HEAD_BYTES)
    if (picture := head.lstrip(BLANK)) != head and is_picture(picture):
        answer.read(len(head) - len(picture))
        head = picture
    if is_playlist(head):
        hls = Hls(answer, fetcher, wishes.smallest_face_px, wishes.seen_live)
        return Opened(hls, hls.recorded, paced=True)  # pieces of several seconds come at once
    if is_pictures(answer, head):
        return Opened(MotionJpeg(answer))
    if is_picture(head):
        return Opened(Snapshots(answer, lambda: fetcher.get(address), wishes.snapshot_every_s))
    if not head or is_text(head):
        raise NotVideo
    return _container(HttpVideo(answer, fetcher), wishes)


def _container(video: HttpVideo, wishes: Wishes) -> Opened:
    if video.has_length:
        return Opened(video, recorded=True, paced=True)
    is_recording, is_whole = video.look_ahead()
    # Without its end in sight it may still be a live stream with a long burst: then it is never over for good.
    return Opened(video, recorded=is_whole or (is_recording and wishes.loop), paced=is_recording)
