"""Reads the structure of a HEIF file, such as a phone's HEIC: its items, their bytes, properties and references.

ISO/IEC 23008-12: boxes in boxes. Nothing is decoded here, and nothing of the pixels is touched. AVIF lies in the same
boxes: avif_metadata.py finds with these functions what it blanks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from people.recognition.errors import BadImage

BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MOST = 4_000
"""Limit for boxes beside each other, for items and for their pieces. A phone's 48 megapixels are 192 tiles; a file
with more than this is made to be slow."""
_HEAD = 8


class IsoBox(NamedTuple):
    """Where a box, its content and its end are; its kind stands at `at + 4`."""

    kind: bytes
    at: int
    start: int
    end: int


@dataclass(slots=True)
class Item:
    """One thing in the file: a coded picture (hvc1), a grid of them, EXIF, …"""

    kind: bytes = b""
    extents: list[tuple[int, int]] = field(default_factory=list)
    """(start, length) in the file, in order."""
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    """(kind, content) in the order in which they apply."""
    made_of: list[int] = field(default_factory=list)
    """The items that it is put together from, row by row (dimg)."""

    def property(self, kind: bytes) -> bytes | None:
        return next((content for name, content in self.properties if name == kind), None)


@dataclass(frozen=True, slots=True)
class HeifFile:
    data: bytes
    primary: int
    items: dict[int, Item]

    @classmethod
    def read(cls, data: bytes) -> HeifFile:
        """Reads the file. Raises BadImage "truncated" if it contradicts itself or ends early."""
        try:
            return _read(data)
        except (struct.error, LookupError, ValueError) as error:
            raise BadImage("truncated", "the picture's structure is damaged") from error

    def bytes_of(self, item: Item) -> bytes:
        """Returns the bytes of the item. Raises BadImage "truncated" if the file ends before they do."""
        if any(start + length > len(self.data) for start, length in item.extents):
            raise BadImage("truncated", "the file ends before its picture does")
        return b"".join(self.data[start : start + length] for start, length in item.extents)


def is_heif(head: bytes) -> bool:
    """Returns whether `head` (32 bytes) begins a HEIF file; AVIF has the same container, but another brand."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS and not is_avif(head)


def is_avif(head: bytes) -> bool:
    """Returns whether `head` (32 bytes) begins an AVIF file, also one that names the container's own brand first."""
    size = struct.unpack_from(">I", head)[0] if len(head) >= 16 else 0
    brands = {head[at : at + 4] for at in (8, *range(16, min(size, len(head) - 3), 4))}
    return head[4:8] == b"ftyp" and bool(brands & {b"avif", b"avis"})


def boxes(data: bytes, at: int, end: int) -> Iterator[IsoBox]:
    """Yields every box from `at` to `end`. Passes over up to 7 bytes behind the last one, as decoders of AVIF do.

    Raises ValueError for a box that overflows, and for more than MOST.
    """
    for _ in range(MOST):
        if at + _HEAD > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + _HEAD
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        elif size == 0:  # to the end
            size = end - at
        if size < start - at or at + size > end:
            raise ValueError(f"expected a box within {end - at} bytes, got {size}")
        yield IsoBox(kind, at, start, at + size)
        at += size
    raise ValueError(f"expected at most {MOST} boxes")


def inside(data: bytes, meta: IsoBox) -> dict[bytes, IsoBox]:
    """Returns the boxes inside a `meta` box, by their kind."""
    return {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}


def items_of(data: bytes, meta: Mapping[bytes, IsoBox]) -> dict[int, Item]:
    """Returns the items that a `meta` box lists, by number: what each is, and where its bytes are.

    Raises KeyError where it lists none, ValueError, IndexError and struct.error for a list that is damaged.
    """
    items = _kinds(data, meta[b"iinf"])
    _places(data, meta[b"iloc"].start, meta[b"idat"].start if b"idat" in meta else 0, items)
    return items


def _read(data: bytes) -> HeifFile:
    top = {box.kind: box for box in boxes(data, 0, len(data))}
    meta = inside(data, top[b"meta"])
    at = meta[b"pitm"].start
    (primary,) = struct.unpack_from(">I" if data[at] else ">H", data, at + 4)
    items = items_of(data, meta)
    _properties(data, meta[b"iprp"], items)
    if b"iref" in meta:
        _references(data, meta[b"iref"], items)
    if primary not in items:
        raise ValueError(f"expected item {primary} to be there")
    return HeifFile(data, primary, items)


def _kinds(data: bytes, iinf: IsoBox) -> dict[int, Item]:
    items = {}
    first = iinf.start + (6 if data[iinf.start] == 0 else 8)
    for _, _, at, _ in boxes(data, first, iinf.end):
        version = data[at]
        wide = version >= 3
        (number,) = struct.unpack_from(">I" if wide else ">H", data, at + 4)
        kind = at + (10 if wide else 8)
        items[number] = Item(data[kind : kind + 4] if version >= 2 else b"")
    return items


class _Reader:
    """Reads big-endian numbers of given widths, one after the other. Raises ValueError at the end, and for too many."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def number(self, width: int) -> int:
        if self._at + width > len(self._data):
            raise ValueError("expected more bytes")
        self._at += width
        return int.from_bytes(self._data[self._at - width : self._at])

    def count(self, width: int) -> int:
        """Returns how many entries follow. Raises ValueError for more than MOST."""
        number = self.number(width)
        if number > MOST:
            raise ValueError(f"expected at most {MOST}, got {number}")
        return number


def _places(data: bytes, start: int, idat: int, items: dict[int, Item]) -> None:
    """Reads box iloc: where the bytes of each item are, in the file or in the box idat."""
    version = data[start]
    offset_width, length_width = data[start + 4] >> 4, data[start + 4] & 15
    base_width, index_width = data[start + 5] >> 4, data[start + 5] & 15 if version else 0
    read = _Reader(data, start + 6)
    wide = 4 if version == 2 else 2
    pieces = total = 0
    for _ in range(read.count(wide)):
        number = read.number(wide)
        method = read.number(2) & 15 if version else 0
        read.number(2)  # data_reference_index: other files are ignored
        base = read.number(base_width) + (idat if method == 1 else 0)
        extents = []
        for _ in range(read.count(2)):
            read.number(index_width)
            extents.append((base + read.number(offset_width), read.number(length_width)))
        pieces, total = pieces + len(extents), total + sum(length for _, length in extents)
        if pieces > MOST or total > 2 * len(data):
            raise ValueError(f"expected items within the file, got {pieces} pieces of {total} bytes")
        if number in items:
            items[number].extents += extents


def _properties(data: bytes, iprp: IsoBox, items: dict[int, Item]) -> None:
    """Reads box iprp: the properties (ipco), and which item has which (ipma)."""
    parts = list(boxes(data, iprp.start, iprp.end))
    container = {box.kind: box for box in parts}[b"ipco"]
    known = [(box.kind, data[box.start : box.end]) for box in boxes(data, container.start, container.end)]
    for kind, _, first, _ in parts:
        if kind != b"ipma":
            continue
        wide_number, wide_index = data[first] >= 1, data[first + 3] & 1
        read = _Reader(data, first + 4)
        for _ in range(read.count(4)):
            number = read.number(4 if wide_number else 2)
            mask = 0x7FFF if wide_index else 0x7F
            chosen = [read.number(2 if wide_index else 1) & mask for _ in range(read.number(1))]
            if number in items:
                items[number].properties = [known[index - 1] for index in chosen if index]


def _references(data: bytes, iref: IsoBox, items: dict[int, Item]) -> None:
    width = 4 if data[iref.start] else 2
    for kind, _, first, _ in boxes(data, iref.start + 4, iref.end):
        read = _Reader(data, first)
        number = read.number(width)
        named = [read.number(width) for _ in range(read.count(2))]
        if kind == b"dimg" and number in items:
            items[number].made_of = named
