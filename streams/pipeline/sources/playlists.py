"""Reads HLS playlists (RFC 8216): which pieces a stream has, or which qualities. We read them ourselves; FFmpeg gets
only the bytes of the pieces, so that nobody else decides which addresses are opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from urllib.parse import urljoin

MOST_BYTES = 4_000_000
"""Of one playlist: a day in pieces of 2 s."""
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')


@dataclass(frozen=True, slots=True)
class ByteRange:
    """An address, and which of its bytes; `first_byte` None: all."""

    url: str
    first_byte: int | None = None
    last_byte: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    method: str
    url: str
    iv: bytes | None
    format: str


@dataclass(frozen=True, slots=True)
class Piece:
    number: int
    part: ByteRange
    duration_s: float
    key: Key | None
    head: ByteRange | None
    """What stands before the pieces of a fragmented MP4."""
    head_key: Key | None
    is_new_run: bool
    """Whether timestamps or codec begin anew with it."""


@dataclass(frozen=True, slots=True)
class Playlist:
    pieces: tuple[Piece, ...]
    target_s: float
    has_ended: bool
    kind: str
    """VOD, EVENT, or empty."""

    @property
    def newest(self) -> int:
        """Returns the number of the last piece; -1 if there is none."""
        return self.pieces[-1].number if self.pieces else -1

    @property
    def is_recording(self) -> bool:
        """Returns whether it was made to be played from its start, not what an ended live stream left behind."""
        return self.has_ended and (bool(self.kind) or (bool(self.pieces) and self.pieces[0].number <= 1))


@dataclass(frozen=True, slots=True)
class StreamQuality:
    url: str
    bits_per_s: int
    width_px: int | None
    height_px: int | None
    has_video: bool


def qualities(text: str, url: str) -> list[StreamQuality]:
    """Returns the qualities that a playlist of playlists offers; none if it lists pieces itself.

    Raises ValueError if an address in it cannot be read.
    """
    found, said = [], ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("#EXT-X-STREAM-INF:"):
            said = line
        elif said and line and not line.startswith("#"):
            found.append(_quality(_attributes(said), urljoin(url, line)))
            said = ""
    return found


def suitable(offered: list[StreamQuality], smallest_face_px: int, least_px: int) -> StreamQuality | None:
    """Returns the smallest quality in which the smallest wanted face is still `least_px` wide.

    `smallest_face_px` is its width in the largest quality, which is what the camera sends. Without sizes the one of
    most bits is taken. None if there is only sound.
    """
    video = [each for each in offered if each.has_video]
    sized = sorted((each for each in video if each.width_px), key=lambda each: (each.width_px or 0, each.bits_per_s))
    if not sized:
        return max(video, key=lambda each: each.bits_per_s, default=None)
    largest = sized[-1].width_px or 0
    return next(
        each for each in sized if (each.width_px or 0) * smallest_face_px >= min(least_px, smallest_face_px) * largest
    )


def playlist(text: str, url: str) -> Playlist:
    """Returns the pieces. Raises ValueError if a number in it cannot be read."""
    return _Reading(url).read(text)


class _Reading:
    """What the lines read so far say about the next piece."""

    def __init__(self, url: str) -> None:
        self._url, self._pieces = url, list[Piece]()
        self._number, self._duration_s, self._target_s = 0, 0.0, 0.0
        self._key: Key | None = None
        self._head: ByteRange | None = None
        self._head_key: Key | None = None
        self._range, self._range_end = "", 0
        self._new_run = self._gap = self._ended = False
        self._kind = ""

    def read(self, text: str) -> Playlist:
        for line in map(str.strip, text.splitlines()):
            if line.startswith("#EXT"):
                self._tag(*line.partition(":")[::2])
            elif line and not line.startswith("#"):
                self._piece(line)
        return Playlist(tuple(self._pieces), self._target_s, self._ended, self._kind)

    def _tag(self, name: str, value: str) -> None:
        match name:
            case "#EXTINF":
                self._duration_s = _seconds(value.split(",")[0])
            case "#EXT-X-TARGETDURATION":
                self._target_s = _seconds(value)
            case "#EXT-X-MEDIA-SEQUENCE":
                self._number = int(value)
            case "#EXT-X-BYTERANGE":
                self._range = value
            case "#EXT-X-DISCONTINUITY":
                self._new_run = True
            case "#EXT-X-GAP":
                self._gap = True
            case "#EXT-X-PLAYLIST-TYPE":
                self._kind = value.strip().upper()
            case "#EXT-X-ENDLIST":
                self._ended = True
            case "#EXT-X-KEY":
                self._key = _key(_attributes(value), self._url)
            case "#EXT-X-MAP":
                said = _attributes(value)
                self._head = self._part(said.get("URI", ""), said.get("BYTERANGE", ""))
                self._head_key = self._key

    def _piece(self, uri: str) -> None:
        part = self._part(uri, self._range)
        if not self._gap:
            head, key = self._head, self._head_key
            self._pieces.append(Piece(self._number, part, self._duration_s, self._key, head, key, self._new_run))
            self._new_run = False
        self._number, self._range, self._gap = self._number + 1, "", False

    def _part(self, uri: str, said: str) -> ByteRange:
        if not said:
            return ByteRange(urljoin(self._url, uri))
        size, _, first = said.partition("@")
        begin = int(first) if first else self._range_end
        self._range_end = begin + int(size)
        return ByteRange(urljoin(self._url, uri), begin, self._range_end - 1)


def _seconds(text: str) -> float:
    if not isfinite(seconds := float(text)):
        raise ValueError("expected a number of seconds")
    return seconds


def _key(said: dict[str, str], url: str) -> Key | None:
    method = said.get("METHOD", "NONE")
    if method == "NONE":
        return None
    iv = said.get("IV", "")
    return Key(
        method, urljoin(url, said.get("URI", "")), int(iv, 16).to_bytes(16, "big") if iv else None,
        said.get("KEYFORMAT", "identity"),
    )  # fmt: skip


def _quality(said: dict[str, str], url: str) -> StreamQuality:
    size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", said.get("RESOLUTION", ""))
    codecs = said.get("CODECS", "")
    sound = bool(codecs) and all(
        each.strip().startswith(("mp4a", "ac-3", "ec-3", "opus", "mp3")) for each in codecs.split(",")
    )
    bits = said.get("BANDWIDTH", "")
    width, height = (int(size[1]), int(size[2])) if size else (None, None)
    return StreamQuality(
        url,
        int(bits) if bits.isascii() and bits.isdigit() and len(bits) < 16 else 0,
        width,
        height,
        bool(size) or not sound,
    )


def _attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}
