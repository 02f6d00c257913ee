"""Blanks the metadata of an AVIF or HEIC file in place, without decoding anything or moving a byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_KEPT = frozenset({b"ftyp", b"meta", b"mdat", b"moov"})
"""Boxes of the file itself that stay; any other, such as `uuid` with XMP in it, becomes free space."""
_HOLD_BOXES = frozenset({b"moov", b"trak"})
_TELLING = frozenset({b"Exif", b"mime", b"uri "})
"""Items that are not a picture: EXIF, XMP, and whatever else programs add."""
# The smallest block that EXIF readers accept: the offset of its start, and an empty directory.
_NOTHING = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
# Real files have one extent for each of a few items; the grid of a large picture has a hundred.
MOST_EXTENTS = 10_000
Box = tuple[bytes, int, int, int]
"""Kind of a box, and where the box starts, its content starts, and both end."""


def without_items(data: bytes) -> bytes:
    """Returns the file with its EXIF and XMP emptied.

    Raises ValueError and struct.error if it is neither AVIF nor HEIC.
    """
    file = bytearray(data)
    _clean(file, 0, len(file), is_file=True)
    return bytes(file)


def _clean(file: bytearray, begin: int, end: int, *, is_file: bool = False) -> None:
    for kind, start, content, until in _boxes(file, begin, end):
        if kind == b"meta":
            _empty_items(file, content + 4, until)
        elif kind in _HOLD_BOXES:
            _clean(file, content, until)
        elif kind == b"udta" or (is_file and kind not in _KEPT):
            file[start + 4 : start + 8] = b"free"
            file[content:until] = bytes(until - content)


def _boxes(file: bytearray, begin: int, end: int) -> Iterator[Box]:
    while begin + 8 <= end:
        size, kind = struct.unpack_from(">I4s", file, begin)
        content = begin + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", file, content)
            content += 8
        until = begin + size if size else end
        if not content <= until <= end:
            raise ValueError(f"the box {kind!r} at byte {begin} does not fit")
        yield kind, begin, content, until
        begin = until


def _empty_items(file: bytearray, begin: int, end: int) -> None:
    boxes = {kind: (content, until) for kind, _, content, until in _boxes(file, begin, end)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        return
    kinds = dict(_kinds(file, *boxes[b"iinf"]))
    stored = boxes.get(b"idat", (0, 0))[0]
    left = len(file)
    for item, extents in _places(file, boxes[b"iloc"][0], stored):
        if kinds.get(item) not in _TELLING:
            continue
        for number, (start, length) in enumerate(extents):
            left -= length
            if start + length > len(file) or left < 0:
                raise ValueError("an item lies beyond the end of the file, or over others")
            filling = _NOTHING if kinds[item] == b"Exif" and number == 0 and length >= len(_NOTHING) else b""
            file[start : start + length] = filling.ljust(length, b"\0")


def _kinds(file: bytearray, content: int, until: int) -> Iterator[tuple[int, bytes]]:
    """Yields number and kind of each item."""
    first = content + (6 if file[content] == 0 else 8)
    for kind, _, entry, _ in _boxes(file, first, until):
        if kind == b"infe" and file[entry] in (2, 3):
            wide = file[entry] == 3
            (item,) = struct.unpack_from(">I" if wide else ">H", file, entry + 4)
            at = entry + (10 if wide else 8)
            yield item, bytes(file[at : at + 4])


def _places(file: bytearray, content: int, stored: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yields number and (start, length) of the parts of each item; `stored` is where the content of `idat` starts."""
    version, at = file[content], content + 4
    offset_size, length_size = file[at] >> 4, file[at] & 15
    base_size, index_size = file[at + 1] >> 4, file[at + 1] & 15 if version else 0
    at += 2
    width = 4 if version == 2 else 2
    number, at = _number(file, at, width)
    left = MOST_EXTENTS
    for _ in range(number):
        item, at = _number(file, at, width)
        method = 0
        if version:
            method, at = _number(file, at, 2)
        _, at = _number(file, at, 2)
        base, at = _number(file, at, base_size)
        count, at = _number(file, at, 2)
        left -= count
        if left < 0:
            raise ValueError(f"there are more than {MOST_EXTENTS} parts")
        extents = []
        for _ in range(count):
            _, at = _number(file, at, index_size)
            offset, at = _number(file, at, offset_size)
            length, at = _number(file, at, length_size)
            extents.append((base + offset + (stored if method & 15 == 1 else 0), length))
        yield item, extents


def _number(file: bytearray, at: int, size: int) -> tuple[int, int]:
    """Returns the number in `size` bytes at `at`, and where they end. Raises ValueError beyond the end of the file."""
    if at + size > len(file):
        raise ValueError("the file ends too early")
    return int.from_bytes(file[at : at + size], "big"), at + size
