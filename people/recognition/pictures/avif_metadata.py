"""Blanks the metadata of an AVIF or HEIC file in place, without decoding anything or moving a byte."""

from __future__ import annotations

from collections.abc import Iterator

from people.recognition.pictures.heif_file import IsoBox, boxes, inside, items_of

_KEPT = frozenset({b"ftyp", b"meta", b"mdat", b"moov"})
"""Boxes of the file itself that stay; any other, such as `uuid` with XMP in it, becomes free space."""
_HOLD_BOXES = frozenset({b"moov", b"trak"})
_TELLING = frozenset({b"Exif", b"mime", b"uri "})
"""Items that are not a picture: EXIF, XMP, and whatever else programs add."""
# The smallest block that EXIF readers accept: the offset of its start, and an empty directory.
_NOTHING = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
Change = tuple[int, bytes]
"""Where bytes are replaced, and by what."""


def without_items(data: bytes) -> bytes:
    """Returns the file with its EXIF and XMP emptied. Raises ValueError, LookupError or struct.error for others."""
    file = bytearray(data)
    for at, filling in _changes(data, 0, len(data), is_file=True):
        file[at : at + len(filling)] = filling
    return bytes(file)


def _changes(data: bytes, begin: int, end: int, *, is_file: bool = False) -> Iterator[Change]:
    for box in boxes(data, begin, end):
        if box.kind == b"meta":
            yield from _emptied_items(data, box)
        elif box.kind in _HOLD_BOXES:
            yield from _changes(data, box.start, box.end)
        elif box.kind == b"udta" or (is_file and box.kind not in _KEPT):
            yield box.at + 4, b"free"
            yield box.start, bytes(box.end - box.start)


def _emptied_items(data: bytes, meta: IsoBox) -> Iterator[Change]:
    listed = inside(data, meta)
    if b"iinf" not in listed or b"iloc" not in listed:
        return
    for item in items_of(data, listed).values():
        if item.kind not in _TELLING:
            continue
        for number, (start, length) in enumerate(item.extents):
            if start + length > len(data):
                raise ValueError("an item lies beyond the end of the file")
            is_exif = item.kind == b"Exif" and number == 0 and length >= len(_NOTHING)
            yield start, (_NOTHING if is_exif else b"").ljust(length, b"\0")
