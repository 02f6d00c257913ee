"""JPEG over RTP (RFC 2435): cameras leave the headers out, and we put standard ones back."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image as Pillow

_OWN_TABLES = 128
"""From this quality on the camera sends its quantisation tables, with the first packet of a picture."""
_TABLE_BYTES = 64
_DQT, _SOF, _SOS = 0xDB, 0xC0, 0xDA


class RtpJpeg:
    """Collects the scan of one picture by the places that its packets name."""

    def __init__(self) -> None:
        self._head, self._scan, self._tables = b"", bytearray(), b""

    def add(self, payload: bytes) -> None:
        at, kind, quality = int.from_bytes(payload[1:4], "big"), payload[4], payload[5]
        width, height, begin, restart = payload[6] * 8, payload[7] * 8, 8, 0
        if kind & 64:
            restart, begin = int.from_bytes(payload[8:10], "big"), 12
        if at == 0:
            self._scan.clear()
            if quality >= _OWN_TABLES:
                size = int.from_bytes(payload[begin + 2 : begin + 4], "big")
                # Without tables the ones before go on to hold.
                self._tables = payload[begin + 4 : begin + 4 + size] or self._tables
                begin += 4 + size
            tables = self._tables if quality >= _OWN_TABLES else b""
            self._head = header(kind & 63, quality, width, height, restart, tables)
        if at == len(self._scan):
            self._scan += payload[begin:]
        else:
            self.lost()

    def lost(self) -> None:
        self._head = b""

    def taken(self) -> tuple[bytes, bool] | None:
        head, scan, self._head = self._head, bytes(self._scan), b""
        self._scan.clear()
        return (head + scan + b"\xff\xd9", True) if head else None


@lru_cache(maxsize=8)
def header(kind: int, quality: int, width: int, height: int, restart: int, tables: bytes) -> bytes:
    """Returns everything before the scan. `tables`: two quantisation tables in zigzag order; empty: by `quality`.

    Raises ValueError for a kind that is not 4:2:2 (0) or 4:2:0 (1). Pillow's JPEG of the same quality has the tables
    that RFC 2435 computes and the Huffman tables that it names (both are Annex K of the JPEG standard).
    """
    if kind > 1 or not width or not height:
        raise ValueError("expected 4:2:2 or 4:2:0 and a size")
    file = BytesIO()
    Pillow.new("RGB", (16, 16)).save(file, "JPEG", quality=min(max(quality, 1), 99), subsampling=1 + kind)
    standard, at, built, table = file.getvalue(), 2, b"\xff\xd8", 0
    while True:
        size = int.from_bytes(standard[at + 2 : at + 4], "big")
        mark, segment = standard[at + 1], standard[at : at + 2 + size]
        if mark == _DQT and tables:
            own = tables[table * _TABLE_BYTES :][:_TABLE_BYTES] or tables[:_TABLE_BYTES]
            segment, table = segment[:5] + own.ljust(_TABLE_BYTES, b"\1"), table + 1
        elif mark == _SOF:
            segment = segment[:5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + segment[9:]
        elif mark == _SOS and restart:
            segment = b"\xff\xdd\0\4" + restart.to_bytes(2, "big") + segment
        built, at = built + segment, at + 2 + size
        if mark == _SOS:
            return built
