"""Removes from a TIFF file, in place, all that does not make its pixels; it decodes and moves no pixel."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_OF_PIXELS = frozenset(
    {
        254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291, 292, 293,
        296, 301, 317, 318, 319, 320, 322, 323, 324, 325, 332, 334, 336, 338, 339, 340, 341, 347, 512, 513, 514, 515,
        517, 518, 519, 520, 521, 529, 530, 531, 532, 34675,
    }
)  # fmt: skip
"""An allow-list: sizes, colours, compression, where the pixels lie, how they lie, and the colour profile. Programs and
makers have hundreds of other tags for owners, times and places."""
_POINTERS = frozenset({330, 34665, 34853, 40965})
"""Tags that lead to further directories: previews, EXIF, GPS, and EXIF's own further directory."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ENTRY = 12
MOST_DIRECTORIES, MOST_ENTRIES = 200, 1000
"""Limits for directories, and for entries in each: real ones have about fifty. A crafted file must not keep us busy."""


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    at: int
    """Offset of its twelve bytes."""
    place: tuple[int, int]
    """Start and end of its value."""
    leads_to: tuple[int, ...] = ()


def without_tags(data: bytes) -> bytes:
    """Returns the file's first picture with only the tags of its pixels.

    Raises ValueError, struct.error and IndexError if the file is not a TIFF.
    """
    order = {b"II": "<", b"MM": ">"}[data[:2]]
    file = bytearray(data)
    (first,) = struct.unpack_from(f"{order}I", file, 4)
    entries = list(_entries(file, first, order))
    kept = [entry for entry in entries if entry.tag in _OF_PIXELS]
    dropped = [entry for entry in entries if entry.tag not in _OF_PIXELS]
    (after,) = struct.unpack_from(f"{order}I", file, first + 2 + _ENTRY * len(entries))
    if not dropped and not after:
        return data
    more = [after, *(target for entry in dropped for target in entry.leads_to)]
    dropped += _emptied_directories(file, more, order, seen={first})
    _blank(file, [entry.place for entry in dropped])
    table = b"".join(bytes(file[entry.at : entry.at + _ENTRY]) for entry in kept)
    whole = 2 + _ENTRY * len(entries) + 4
    file[first : first + whole] = (struct.pack(f"{order}H", len(kept)) + table).ljust(whole, b"\0")
    return bytes(file)


def _entries(file: bytearray, at: int, order: str) -> Iterator[_Entry]:
    (number,) = struct.unpack_from(f"{order}H", file, at)
    if number > MOST_ENTRIES:
        raise ValueError(f"a directory of {number} entries is no picture's")
    for start in range(at + 2, at + 2 + _ENTRY * number, _ENTRY):
        tag, kind, count, value = struct.unpack_from(f"{order}HHII", file, start)
        size = _SIZES.get(kind, 1) * count
        place = (value, value + size) if size > 4 else (start + 8, start + 12)
        if place[1] > len(file):
            raise ValueError(f"the value of tag {tag} lies beyond the end of the file")
        leads_to: tuple[int, ...] = ()
        if tag in _POINTERS and count <= MOST_DIRECTORIES:
            leads_to = struct.unpack_from(f"{order}{count}I", file, place[0])
        yield _Entry(tag, start, place, leads_to)


def _emptied_directories(file: bytearray, waiting: list[int], order: str, *, seen: set[int]) -> list[_Entry]:
    """Empties these directories and all that they lead to, and returns their entries.

    The pixels of previews and of further pages stay, but nothing leads to them any more.
    """
    found: list[_Entry] = []
    while waiting:
        at = waiting.pop()
        if not at or at in seen:
            continue
        seen.add(at)
        if len(seen) > MOST_DIRECTORIES:
            raise ValueError("there are too many directories")
        entries = list(_entries(file, at, order))
        end = at + 2 + _ENTRY * len(entries)
        waiting += [target for entry in entries for target in entry.leads_to]
        waiting += struct.unpack_from(f"{order}I", file, end)
        found += entries
        file[at:end] = bytes(end - at)
    return found


def _blank(file: bytearray, places: list[tuple[int, int]]) -> None:
    if sum(end - begin for begin, end in places) > len(file):
        raise ValueError("the values of this file lie over each other")
    for begin, end in places:
        file[begin:end] = bytes(end - begin)
