"""Cuts JPEGs out of a stream of bytes, whatever stands between them.

Cameras frame their MJPEG in many ways: without a first boundary, with other types, lengths or dashes than they
announce, or with nothing but JPEGs. A JPEG says by itself where it ends, so we read nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason

MOST_BYTES = 30_000_000
"""Of one picture: 36 million pixels in the best quality."""
BEGIN = b"\xff\xd8\xff"
"""With which a JPEG begins."""
_END, _AGAIN, _SCAN = 0xD9, 0xD8, 0xDA
_MARK = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


class JpegCutter:
    def __init__(self) -> None:
        self._here = bytearray()
        self._at = 0
        """How far the picture is read; 0: none has begun."""
        self._in_scan = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yields the pictures that are whole with `data`. Raises SourceDown if one is too large."""
        self._here += data
        while self._begun() and (end := self._end()):
            picture, self._at = bytes(self._here[:end]), 0
            del self._here[:end]
            yield picture
        if len(self._here) > MOST_BYTES:
            raise SourceDown(Reason.PICTURE_TOO_LONG.said(most_mb=MOST_BYTES / 1e6))

    @property
    def has_begun(self) -> bool:
        """Returns whether a picture is under way."""
        return self._at > 0

    def _begun(self) -> bool:
        """Returns whether the buffer begins with a picture; drops what stands before one."""
        if self._at:
            return True
        found = self._here.find(BEGIN)
        del self._here[: found if found >= 0 else max(0, len(self._here) - 2)]
        self._at, self._in_scan = (2, False) if found >= 0 else (0, False)
        return found >= 0

    def _end(self) -> int:
        """Reads on; returns where the picture ends, or 0 if that has not come yet."""
        while self._at + 2 <= len(self._here):
            if self._in_scan:
                if not self._passed_scan():
                    return 0
            elif self._here[self._at] != 0xFF:  # damaged: look for the next picture
                del self._here[:2]
                self._at = 0
                if not self._begun():
                    return 0
            elif (mark := self._here[self._at + 1]) in (_END, _AGAIN):  # some cameras leave the end out
                return self._at + (2 if mark == _END else 0)
            elif not self._passed_segment(mark):
                return 0
        return 0

    def _passed_scan(self) -> bool:
        """Goes to the mark that ends the coded pixels; returns whether it is here."""
        found = _MARK.search(self._here, self._at)
        self._at = found.start() if found else len(self._here) - 1
        self._in_scan = found is None
        return found is not None

    def _passed_segment(self, mark: int) -> bool:
        """Goes behind a mark with what belongs to it; returns whether its length is here."""
        if mark == 0xFF:  # a fill byte
            self._at += 1
            return True
        if mark == 0x01 or 0xD0 <= mark <= 0xD7:  # marks that stand alone
            self._at += 2
            return True
        if self._at + 4 > len(self._here):
            return False
        self._at += 2 + int.from_bytes(self._here[self._at + 2 : self._at + 4], "big")
        self._in_scan = mark == _SCAN
        return True
