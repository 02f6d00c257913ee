"""Tells by its first bytes what a server answers with, and how to read it. Names and types may say anything."""

from __future__ import annotations

import io
import time
from collections import deque

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import LONGEST_S
from streams.pipeline.sources.containers import Container
from streams.pipeline.sources.decoding import Packet
from streams.pipeline.sources.fetching import Fetcher, HttpAnswer
from streams.pipeline.sources.jpegs import BEGIN, JpegCutter

HEAD_BYTES = 512
MOST_PICTURE_HEAD = 4_000_000
LOOKS_S, BURST_S = 1.0, 8.0
"""More than 8 s of video within a second come from a recording."""
MOST_IN_MEMORY = 64_000_000
_PICTURES = (BEGIN, b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM")
_TEXTS = (b"<", b"{", b"[", b"v=0")
"""Pages, JSON, and descriptions of a session: no video, whatever their type says."""


def is_playlist(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"#EXTM3U")


def is_picture(head: bytes) -> bool:
    return head.startswith(_PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def is_pictures(answer: HttpAnswer, head: bytes) -> bool:
    """Returns whether JPEGs follow each other: in parts of any kind, or bare.

    Where nothing follows the first one for as long as opening may take, it is an address of one picture, which may
    never end its answer: a camera that is asked again gives the next picture sooner.
    """
    if answer.type.startswith("multipart/"):
        return True
    if head.lstrip().startswith(b"--") and BEGIN in head:
        return True
    return head.startswith(BEGIN) and _goes_on(answer)


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
    except SourceDown:  # neither an end nor another picture
        answer.patience.allow(answer.patience.open_s)
        return False


class HttpFile:
    """The answer as a file for FFmpeg. It can be sought in if the server sends parts; each part is asked for anew."""

    def __init__(self, answer: HttpAnswer, fetcher: Fetcher) -> None:
        self._answer, self._fetcher, self._size = answer, fetcher, answer.length_bytes
        self._at = self._wanted = 0

    def seekable(self) -> bool:
        return self._size is not None and self._answer.in_parts

    def read(self, size: int, /) -> bytes:
        if self._wanted != self._at:
            self._answer.close()
            answer = self._fetcher.get(self._answer.url, self._wanted, patience=self._answer.patience)
            self._answer, self._at = answer, self._wanted
            if not answer.is_part:
                raise SourceDown(Reason.NO_PARTS.said())
        data = self._answer.read(size)
        self._at = self._wanted = self._at + len(data)
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._wanted = offset + (0, self._wanted, self._size or 0)[whence]
        return self._wanted

    def tell(self) -> int:
        return self._wanted

    def close(self) -> None:
        self._answer.close()


class HttpVideo(Container):
    """A recording or a live stream in a container that FFmpeg knows, such as MPEG-TS or MP4."""

    def __init__(self, answer: HttpAnswer, fetcher: Fetcher) -> None:
        self.has_length = answer.length_bytes is not None
        """Whether the server says how long it is: then it is a recording."""
        self._patience, self._ahead, self._came = answer.patience, deque[Packet | None](), False
        self._http = _in_memory(answer) if _may_end_with_its_index(answer) else HttpFile(answer, fetcher)
        try:
            super().__init__(self._http)
        except BaseException:
            self._http.close()
            raise

    def packet(self) -> Packet | None:
        if self._ahead:
            return self._ahead.popleft()
        self._patience.next_picture()
        return self._read()

    def _read(self) -> Packet | None:
        packet = super().packet()
        if packet is None and not self._came and not self._http.seekable() and self.format.startswith("mov"):
            raise SourceDown(Reason.NO_PARTS.said())
        self._came = True
        return packet

    def look_ahead(self) -> tuple[bool, bool]:
        """Tells a recording by how fast it comes; returns whether it is one, and whether its end is here.

        A live stream comes as fast as it is filmed, after a burst of at most some seconds.
        """
        began_s, first_s = time.monotonic(), None
        while time.monotonic() - began_s < LOOKS_S:
            packet = self._read()
            self._ahead.append(packet)
            if packet is None:
                return True, True
            first_s = packet.media_s if first_s is None else first_s
            if (packet.media_s or 0.0) - (first_s or 0.0) > BURST_S:
                return True, False
        return False, False

    def close(self) -> None:
        super().close()
        self._http.close()


def _may_end_with_its_index(answer: HttpAnswer) -> bool:
    """Returns whether it is a small file of the MP4 family from a server that sends no parts: all of it is needed."""
    return (
        not answer.in_parts
        and answer.length_bytes is not None
        and answer.length_bytes <= MOST_IN_MEMORY
        and answer.peek(8)[4:8] == b"ftyp"
    )


def _in_memory(answer: HttpAnswer) -> io.BytesIO:
    try:
        answer.patience.allow(LONGEST_S)
        return io.BytesIO(answer.whole(MOST_IN_MEMORY))
    finally:
        answer.close()
