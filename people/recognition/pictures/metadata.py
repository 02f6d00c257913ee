"""Takes places and owners out of picture files without touching their pixels.

Of the metadata only orientation and colour profile stay, because they change how the pixels look.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import PIL.Image

from people.recognition.pictures.avif_metadata import without_items
from people.recognition.pictures.tiff_metadata import without_tags

_ORIENTATION = 0x0112
_JPEG_KEPT = {0xE0, 0xEE}
"""APP0 (JFIF) and APP14 (Adobe's colour transform); APP2 is kept only if it is a colour profile."""
_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04
"""Bits of the VP8X header that announce EXIF and XMP."""
_CLOCKWISE = (1, 6, 3, 8)
"""EXIF's orientations of pictures that are shown turned by 0, 90, 180 and 270 degrees clockwise."""
_EXIF = b"Exif\0\0"


def without_location(data: bytes) -> bytes:
    """Returns the picture without EXIF (except its orientation), XMP, IPTC and comments.

    Keeps every byte of the pixels and decodes none, because a hostile picture must do no harm here. GIF, BMP and ICO
    carry no such metadata. A file that cannot be parsed comes back unchanged; the reader will refuse it.
    """
    try:
        return _cleaned(data)
    except Exception:  # noqa: BLE001 - broken bytes break parsers in any way; refusing them is the reader's task
        return data


def turned_jpeg(data: bytes, degrees: int) -> bytes | None:
    """Returns the JPEG file to be shown turned by `degrees` (90, 180 or 270) clockwise, with the same bytes of pixels.

    Its EXIF says so, as phones' pictures do; what without_location takes out is taken out. Returns None for other
    formats, for mirrored pictures, and for files that cannot be parsed.
    """
    orientation = (_orientation(data) or 1) if data[:2] == b"\xff\xd8" else 0
    if orientation not in _CLOCKWISE:
        return None
    quarters = _CLOCKWISE.index(orientation) + degrees // 90
    try:
        return _clean_jpeg(data, _CLOCKWISE[quarters % 4])
    except Exception:  # noqa: BLE001 - as in without_location
        return None


def _cleaned(data: bytes) -> bytes:
    if data[:2] == b"\xff\xd8":
        return _clean_jpeg(data, _orientation(data))
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _clean_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _clean_webp(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return without_tags(data)
    if data[4:8] == b"ftyp":
        return without_items(data)
    return data


def _clean_jpeg(data: bytes, orientation: int) -> bytes:
    kept = [b"\xff\xd8"]
    if orientation:
        kept.append(_segment(0xE1, _EXIF + _exif(orientation)))
    for marker, part in _jpeg_parts(data):
        profile = marker == 0xE2 and part[4:].startswith(b"ICC_PROFILE\0")
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _JPEG_KEPT or profile:
            kept.append(part)
    return b"".join(kept)


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields marker and whole bytes of every segment up to the end of the first picture.

    Everything after it (previews, the clip of a motion photo) carries metadata of its own and is left out. A file that
    ends before its picture does is yielded whole, so that it still counts as truncated.
    """
    at = 2
    while at < len(data):
        while data[at + 1] == 0xFF:
            at += 1  # fill bytes
        if data[at] != 0xFF:
            raise ValueError(f"expected a marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xD9:
            yield marker, data[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xDA:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Finds the next marker that is neither a stuffed 0xFF nor a restart marker."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in (0x00, 0xFF) and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _clean_png(data: bytes) -> bytes:
    chunks = list(_png_chunks(data))
    orientation = _orientation(data, exif=next((chunk[8:-4] for kind, chunk in chunks if kind == b"eXIf"), None))
    kept = [data[:8]]
    for kind, chunk in chunks:
        if kind not in _PNG_DROPPED:
            kept.append(chunk)
        if kind == b"IHDR" and orientation:
            kept.append(_png_chunk(b"eXIf", _exif(orientation)))
    return b"".join(kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields kind and whole bytes of every chunk up to the end of the picture."""
    at, kind = 8, b""
    while at < len(data) and kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        yield kind, data[at:end]
        at = end


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _clean_webp(data: bytes) -> bytes:
    orientation = _orientation(data)
    kept, at = [], 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        end = at + 8 + length + length % 2
        chunk = data[at:end]
        if kind == b"VP8X":
            flags = chunk[8] & ~_WEBP_FLAGS | (0x08 if orientation else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            kept.append(chunk)
        at = end
    if orientation:
        content = _exif(orientation)
        kept.append(b"EXIF" + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _orientation(data: bytes, *, exif: bytes | None = None) -> int:
    """Returns 2 to 8 if the picture must be turned, else 0; `exif` is a block that may stand behind the pixels."""
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
        if exif is not None:
            picture.info["exif"] = exif
        # Image's own getexif, because PNG's decodes all pixels to find a block that stands behind them.
        value = PIL.Image.Image.getexif(picture).get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - a broken EXIF block is dropped like any other
        return 0
    return value if isinstance(value, int) and 2 <= value <= 8 else 0


def _exif(orientation: int) -> bytes:
    """Returns the smallest EXIF block that gives the orientation: one little-endian entry."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
