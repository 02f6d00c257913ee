"""Names of files in a ZIP or on a disk: Unicode where it is said, else bytes whose code page has to be found out."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zipfile import ZipInfo
from zlib import crc32

from people.errors import BadArchive
from people.imports.code_pages import CODE_PAGES, Decoding, decodings

UTF_8 = "utf-8"
ENCODINGS = {UTF_8: "Unicode (UTF-8)", **CODE_PAGES}
"""Encodings of names that an import can be told, and what people call them."""
MOST_OTHERS = 4
_IS_UTF_8 = 0x800
_UNICODE_PATH = 0x7075


@dataclass(frozen=True, slots=True)
class EntryName:
    """One entry's name as the ZIP, or the disk, has it: `text` if it is known, else `raw` bytes in some code page."""

    text: str = ""
    raw: bytes = b""

    @classmethod
    def of(cls, entry: ZipInfo) -> EntryName:
        name = entry.orig_filename.partition("\0")[0]
        if entry.flag_bits & _IS_UTF_8 or name.isascii():
            return cls(text=name)
        raw = name.encode("cp437")  # as zipfile has decoded it
        text = _unicode_path(entry.extra, crc32(entry.orig_filename.encode("cp437")))
        return cls(text=text) if text else cls(raw=raw)

    @classmethod
    def on_disk(cls, name: str) -> EntryName:
        """Returns the name of a file or folder of this system; Python escapes its bytes if they are not UTF-8."""
        raw = os.fsencode(name)
        return cls(text=name) if raw == name.encode("utf-8", "replace") else cls(raw=raw)

    def plain(self) -> list[str]:
        """Returns the name as JSON has it; `of_plain` reads it again."""
        return ["", self.raw.decode("latin-1")] if self.raw else [self.text]

    @classmethod
    def of_plain(cls, plain: Sequence[str]) -> EntryName:
        return cls(raw=plain[1].encode("latin-1")) if len(plain) > 1 else cls(text=plain[0])


@dataclass(frozen=True, slots=True)
class DecodedNames:
    """The names of all entries in their order, and how they were read."""

    names: tuple[str, ...]
    encoding: str
    """What the names were read by that do not say it themselves; "" if there are none."""
    example: str = ""
    """The first of these names."""
    others: tuple[tuple[str, str], ...] = ()
    """Further encodings that fit, likeliest first, each with `example` as it would read."""


def decode_names(entries: Iterable[EntryName], encoding: str = "") -> DecodedNames:
    """Reads names by `encoding`, or by evidence: UTF-8 if all of them are, then the likeliest code page.

    One program wrote them, so all such names have one encoding. Raises BadArchive if they are not in `encoding`.
    """
    entries = list(entries)
    raw = [entry.raw for entry in entries if entry.raw]
    if not raw:
        return DecodedNames(tuple(entry.text for entry in entries), "")
    found = _by_evidence(raw)
    chosen = _chosen(raw, found, encoding)
    decoded = iter(chosen.names)
    names = tuple(next(decoded) if entry.raw else entry.text for entry in entries)
    others = [(each.code_page, each.names[0]) for each in found if each.names != chosen.names]
    return DecodedNames(names, chosen.code_page, chosen.names[0], tuple(others[:MOST_OTHERS]))


def _by_evidence(raw: Sequence[bytes]) -> list[Decoding]:
    """Returns the ways to read the names, likeliest first. Text in a code page is hardly ever valid UTF-8."""
    utf_8 = _read(raw, UTF_8)
    return [*([utf_8] if utf_8 else []), *decodings(raw)]


def _chosen(raw: Sequence[bytes], found: Sequence[Decoding], encoding: str) -> Decoding:
    if encoding:
        chosen = _read(raw, encoding)
        if chosen is None:
            raise BadArchive(f"The names in it are not in {ENCODINGS.get(encoding, encoding)}.")
        return chosen
    if not found:
        raise BadArchive("The names in it are in no encoding that is known here.")
    return found[0]


def _read(raw: Sequence[bytes], encoding: str) -> Decoding | None:
    try:
        return Decoding(encoding, tuple(name.decode(encoding) for name in raw), 0.0)
    except UnicodeDecodeError:
        return None


def _unicode_path(extra: bytes, checksum: int) -> str:
    """Returns the name in Info-ZIP's Unicode Path field, or "" if there is none that belongs to the entry's name."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[:5] == struct.pack("<BI", 1, checksum):
            return field[5:].decode("utf-8", "ignore").partition("\0")[0]
    return ""
