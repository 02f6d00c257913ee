"""Tells by its first bytes what a server answers with, and how to read it. Names and types may say anything."""

from __future__ import annotations

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.containers import Container
from streams.pipeline.sources.decoding import Packet
from streams.pipeline.sources.fetching import Fetcher, HttpAnswer
from streams.pipeline.sources.jpegs import JpegCutter

HEAD_BYTES = 512
MOST_PICTURE_HEAD = 4_000_000
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM")
_TEXTS = (b"<", b"{", b"[", b"v=0")
"""Pages, JSON, and descriptions of a session: no video, whatever their type says."""


def is_playlist(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"#EXTM3U")


def is_picture(head: bytes) -> bool:
    return head.startswith(_PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def is_pictures(answer: HttpAnswer, head: bytes) -> bool:
    """Returns whether JPEGs follow each other: in parts of any kind, or bare."""
    if answer.type.startswith("multipart/"):
        return True
    if head.lstrip().startswith(b"--") and b"\xff\xd8\xff" in head:
        return True
    return head.startswith(b"\xff\xd8\xff") and _goes_on(answer)


def is_text(head: bytes) -> bool:
    return head.lstrip().startswith(_TEXTS)


def _goes_on(answer: HttpAnswer) -> bool:
    """Returns whether something follows the first JPEG; nothing does where the length says so, or the answer ends."""
    cutter, here = JpegCutter(), b""
    while len(here) < MOST_PICTURE_HEAD:
        more = answer.read(65_536)
        here += more
        if not more:
            answer.put_back(here)
            return False
        if first := next(cutter.feed(more), None):
            answer.put_back(here)
            return len(here) > len(first) or (answer.length_bytes != len(first) and _more_comes(answer, len(here)))
    answer.put_back(here)
    return False


def _more_comes(answer: HttpAnswer, after: int) -> bool:
    try:
        return len(answer.peek(after + 1)) > after
    except SourceDown:  # neither an end nor another picture: it is a slow stream
        answer.patience.allow(answer.patience.open_s)
        return True


class HttpFile:
    """The answer as a file for FFmpeg. It can be sought in if the server sends parts; each part is asked for anew."""

    def __init__(self, answer: HttpAnswer, fetcher: Fetcher, *, live: bool) -> None:
        self._answer, self._fetcher, self._live = answer, fetcher, live
        self._at = self._wanted = 0

    def seekable(self) -> bool:
        return not self._live and self._answer.in_parts

    def read(self, size: int = -1, /) -> bytes:
        if self._wanted != self._at:
            self._answer.close()
            answer = self._fetcher.get(self._answer.url, self._wanted, patience=self._answer.patience)
            self._answer, self._at = answer, self._wanted
            if not self._answer.is_part:
                raise SourceDown(Reason.NO_PARTS.said())
        data = self._answer.read(size)
        self._at = self._wanted = self._at + len(data)
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence != 0 or offset < 0:
            raise OSError("only positions from the start")
        self._wanted = offset
        return offset

    def tell(self) -> int:
        return self._wanted

    def close(self) -> None:
        self._answer.close()


class HttpVideo(Container):
    """A recording or a live stream in a container that FFmpeg knows, such as MPEG-TS or MP4."""

    def __init__(self, answer: HttpAnswer, fetcher: Fetcher) -> None:
        self.recorded = answer.length_bytes is not None
        """Whether it has an end: the server says how long it is."""
        self._patience = answer.patience
        self._file = HttpFile(answer, fetcher, live=not self.recorded)
        try:
            super().__init__(self._file)
        except BaseException:
            self._file.close()
            raise

    def packet(self) -> Packet | None:
        self._patience.next_picture()
        return super().packet()

    def close(self) -> None:
        super().close()
        self._file.close()
