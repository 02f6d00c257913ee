"""The directory at the end of a ZIP, looked at before zipfile reads it: how long it is, and what its names say."""

from __future__ import annotations

import io
import struct
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from typing import IO

_ENTRY = struct.Struct("<4s4xH18xHHH8xI")
"""Of one entry: signature, flags, lengths of the name, extra fields and comment that follow, and where its file is."""
_SIGNATURE = b"PK\1\2"
_IS_UTF_8 = 0x800
_IS_UTF_8_IN_BYTE = 0x08
_OF_ENTRY, _OF_FILE = 9, 7
"""Where that byte is: from the beginning of an entry of the directory, and of the file's own header."""
_END, _ZIP64_ENDS = 22, 76
"""Bytes of the end record without a comment; of a ZIP64's second one, and of what tells where that is."""


class Directory:
    """Where the directory of `file` is, by zipfile's own reading: it believes a ZIP64's second end record.

    Raises BadZipFile if it has none.
    """

    def __init__(self, file: IO[bytes]) -> None:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
        if end is None:
            raise zipfile.BadZipFile("no end record")
        self._file = file
        self.size: int = end[zipfile._ECD_SIZE]  # type: ignore[attr-defined]
        is_64 = end[zipfile._ECD_SIGNATURE] == b"PK\6\6"  # type: ignore[attr-defined]
        last: int = end[zipfile._ECD_LOCATION]  # type: ignore[attr-defined]
        self.end = last + _END
        """Of the ZIP, if it has no comment."""
        self.start = last - self.size - (_ZIP64_ENDS if is_64 else 0)
        self._before: int = self.start - end[zipfile._ECD_OFFSET]  # type: ignore[attr-defined]
        """Bytes that stand before the ZIP, as in one that unpacks itself."""

    def readable(self) -> IO[bytes]:
        """Returns the ZIP so that zipfile can read it, which takes no name that says it is UTF-8 and is not.

        Some programs say so of names in a code page. These names say nothing any more, as those of other programs.
        """
        if self.start < 0:
            raise zipfile.BadZipFile("the directory begins before the file")
        false = sorted(self._false_claims())
        return _Mended(self._file, false) if false else self._file  # type: ignore[return-value]

    def _false_claims(self) -> Iterator[int]:
        """Yields where the bytes are that say so, in the directory and in the files' own headers."""
        self._file.seek(self.start)
        directory, at = self._file.read(self.size), 0
        while at + _ENTRY.size <= len(directory):
            signature, flags, name, extra, comment, file = _ENTRY.unpack_from(directory, at)
            if signature != _SIGNATURE:
                return  # damaged: zipfile says so
            begin = at + _ENTRY.size
            if flags & _IS_UTF_8 and not _is_utf_8(directory[begin : begin + name]):
                yield self.start + at + _OF_ENTRY
                yield self._before + file + _OF_FILE
            at = begin + name + extra + comment


def _is_utf_8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Mended(io.RawIOBase):
    """`file` without the claim in the bytes at `false`, which are in order."""

    def __init__(self, file: IO[bytes], false: list[int]) -> None:
        self._file, self._false = file, false

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        at = self._file.tell()
        data = bytearray(self._file.read(size))
        for place in self._false[bisect_left(self._false, at) : bisect_left(self._false, at + len(data))]:
            data[place - at] &= ~_IS_UTF_8_IN_BYTE
        return bytes(data)
