"""Reads an HLS stream: fetches its pieces one after the other and hands their bytes to a container."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.containers import Container, NotVideo, SoundOnly
from streams.pipeline.sources.decoding import Packet, Picture
from streams.pipeline.sources.fetching import Fetcher, HttpAnswer
from streams.pipeline.sources.hls_pieces import LivePieces, RecordedPieces
from streams.pipeline.sources.playlists import (
    MOST_BYTES,
    ByteRange,
    Key,
    Piece,
    Playlist,
    StreamQuality,
    playlist,
    qualities,
    suitable,
)

LEAST_FACE_PX = 28
"""A face of this width still counts towards a name (docs/cameras.md)."""
MOST_PIECE_BYTES = 100_000_000
_IN_CLEAR = (b"ftyp", b"styp", b"moov")
"""How a fragmented MP4 begins. Some servers encrypt that, too, and some its pieces alone, and both say the same."""


class Hls:
    """The stream behind a playlist, live or recorded, in the one quality that suits."""

    def __init__(self, answer: HttpAnswer, fetcher: Fetcher, smallest_face_px: int, seen_live: set[str]) -> None:
        """`seen_live` remembers which addresses were live once: what is left of them is no recording."""
        self._fetcher = fetcher
        self._url, first = self._chosen(answer, smallest_face_px)
        self.recorded = first.is_recording and self._url not in seen_live
        if not self.recorded:
            seen_live.add(self._url)
        self._pieces: RecordedPieces | LivePieces = (
            RecordedPieces(first) if self.recorded else LivePieces(first, self._listed)
        )
        self._keys: dict[str, bytes] = {}
        self._upcoming: Piece | None = None
        self._container: Container | None = None

    def packet(self) -> Packet | None:
        while True:
            if self._container is None:
                self._upcoming = self._upcoming or self._pieces.next()
                if self._upcoming is None:
                    return None
                self._container = self._opened()
            packet = self._container.packet()
            if packet is not None:
                return packet
            self._close_container()

    def decode(self, packet: Packet) -> Sequence[Picture]:
        return self._container.decode(packet) if self._container else []

    def close(self) -> None:
        self._close_container()

    def bytes_of(self, piece: Piece, head: ByteRange | None) -> bytes:
        """Returns the piece, decrypted, with what must stand before it."""
        before = self._fetched(head, MOST_PIECE_BYTES) if head else b""
        if piece.head_key and before and before[4:8] not in _IN_CLEAR:
            before = _decrypted(before, self._key(piece.head_key), _iv(piece.head_key, piece.number))
        data = self._fetched(piece.part, MOST_PIECE_BYTES)
        return before + (_decrypted(data, self._key(piece.key), _iv(piece.key, piece.number)) if piece.key else data)

    def following(self, piece: Piece) -> Piece | None:
        """Returns the piece that goes on where `piece` ends; None if a new run begins, or nothing comes."""
        upcoming = self._pieces.next()
        if upcoming is None or (not upcoming.is_new_run and upcoming.head == piece.head):
            return upcoming
        self._upcoming = upcoming
        return None

    def _opened(self) -> Container:
        assert self._upcoming is not None
        file, self._upcoming = _Run(self, self._upcoming), None
        try:
            return Container(file)
        except SoundOnly:
            raise SourceDown(Reason.STREAM_SOUND_ONLY.said()) from None
        except NotVideo:
            raise SourceDown(Reason.NOT_VIDEO.said()) from None

    def _close_container(self) -> None:
        if self._container:
            self._container.close()
            self._container = None

    def _chosen(self, answer: HttpAnswer, smallest_face_px: int) -> tuple[str, Playlist]:
        url, text = answer.url, _text(answer)
        if offered := _offered(text, url):
            quality = suitable(offered, smallest_face_px, LEAST_FACE_PX)
            if quality is None:
                raise SourceDown(Reason.STREAM_SOUND_ONLY.said())
            answer = self._fetcher.get(quality.url)
            url, text = answer.url, _text(answer)
        return url, _read(text, url)

    def _listed(self) -> Playlist:
        answer = self._fetcher.get(self._url)
        return _read(_text(answer), answer.url)

    def _fetched(self, part: ByteRange, most_bytes: int) -> bytes:
        answer = self._fetcher.get(part.url, part.first_byte, part.last_byte)
        try:
            data = answer.whole(most_bytes)
        finally:
            answer.close()
        if part.first_byte is None or part.last_byte is None or answer.is_part:
            return data
        return data[part.first_byte : part.last_byte + 1]  # the server sent all of it

    def _key(self, key: Key) -> bytes:
        if key.method != "AES-128" or key.format != "identity":
            raise SourceDown(Reason.ENCRYPTED.said(method=key.method))
        if key.url not in self._keys:
            self._keys = {key.url: self._fetched(ByteRange(key.url), 4096)}
        return self._keys[key.url]


class _Run:
    """The bytes of pieces that go on where the one before ended, as one file."""

    def __init__(self, hls: Hls, first: Piece) -> None:
        self._hls, self._piece = hls, first
        self._here, self._at = hls.bytes_of(first, first.head), 0

    def read(self, size: int, /) -> bytes:
        while self._at >= len(self._here):
            piece = self._hls.following(self._piece)
            if piece is None:
                return b""
            self._piece, self._here, self._at = piece, self._hls.bytes_of(piece, None), 0
        data = self._here[self._at : self._at + size]
        self._at += len(data)
        return data


def _text(answer: HttpAnswer) -> str:
    try:
        return answer.whole(MOST_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    finally:
        answer.close()


def _offered(text: str, url: str) -> list[StreamQuality]:
    try:
        return qualities(text, url)
    except ValueError:
        raise SourceDown(Reason.BAD_PLAYLIST.said()) from None


def _read(text: str, url: str) -> Playlist:
    try:
        return playlist(text, url)
    except (ValueError, OverflowError):
        raise SourceDown(Reason.BAD_PLAYLIST.said()) from None


def _iv(key: Key, number: int) -> bytes:
    return key.iv or (number % (1 << 128)).to_bytes(16, "big")


def _decrypted(data: bytes, key: bytes, iv: bytes) -> bytes:
    try:
        opening, padding = Cipher(AES(key), CBC(iv)).decryptor(), PKCS7(128).unpadder()
        return padding.update(opening.update(data) + opening.finalize()) + padding.finalize()
    except ValueError:
        raise SourceDown(Reason.WRONG_KEY.said()) from None
