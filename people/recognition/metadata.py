"""Takes places and owners out of picture files without touching their pixels.

What is kept of the metadata is what changes how the pixels look: orientation and colour profile.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import PIL.Image
import PIL.ImageOps

_ORIENTATION = 0x0112
_JPEG_KEPT = {0xE0, 0xEE}
"""APP0 (JFIF) and APP14 (Adobe's colour transform); APP2 only where it is a colour profile."""
_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04
"""Bits of the VP8X header that announce EXIF and XMP."""
_TELLING_TAGS = {270, 271, 272, 305, 306, 315, 316, 700, 33432, 33723, 34665, 34853, 37510, 42032, 42033}
"""TIFF tags of description, device, owner, time, place, XMP, IPTC and the EXIF and GPS blocks."""
_MOST_PIXELS = 40_000_000
_EXIF = b"Exif\0\0"


def without_location(data: bytes) -> bytes:
    """The picture without EXIF (but for its orientation), XMP, IPTC and comments.

    JPEG, PNG and WebP keep every byte of their pixels; TIFF and AVIF that carry EXIF are written anew, TIFF
    without loss. GIF, BMP and ICO carry none. A file that cannot be understood comes back as it is: it will be
    refused when it is read.
    """
    try:
        return _cleaned(data)
    except Exception:  # noqa: BLE001 - broken bytes break parsers in any way; refusing them is the reader's task
        return data


def _cleaned(data: bytes) -> bytes:
    if data[:2] == b"\xff\xd8":
        return _clean_jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _clean_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _clean_webp(data)
    if data[:4] in (b"II*\0", b"MM\0*") or data[4:8] == b"ftyp":
        return _written_anew(data)
    return data


def _clean_jpeg(data: bytes) -> bytes:
    kept = [b"\xff\xd8"]
    if orientation := _orientation(data):
        kept.append(_segment(0xE1, _EXIF + _exif(orientation)))
    for marker, part in _jpeg_parts(data):
        profile = marker == 0xE2 and part[4:].startswith(b"ICC_PROFILE\0")
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _JPEG_KEPT or profile:
            kept.append(part)
    return b"".join(kept)


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole bytes of every segment up to the end of the first picture.

    What follows that (previews, the clip of a motion photo) carries metadata of its own and is left out. A file
    that ends before it does is given whole, so that it is still seen to be truncated.
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
    """Where the next marker stands that is neither a stuffed 0xFF nor a restart marker."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in (0x00, 0xFF) and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _clean_png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    orientation = _orientation(data)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind not in _PNG_DROPPED:
            kept.append(data[at:end])
        if kind == b"IHDR" and orientation:
            kept.append(_png_chunk(b"eXIf", _exif(orientation)))
        if kind == b"IEND":
            break
        at = end
    return b"".join(kept)


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


def _written_anew(data: bytes) -> bytes:
    """TIFF and AVIF keep EXIF in the midst of the file: the first frame is saved without it, upright."""
    picture = PIL.Image.open(io.BytesIO(data), formats=("TIFF", "AVIF"))
    tells_something = _TELLING_TAGS.intersection(picture.getexif()) or picture.info.get("xmp")
    if not tells_something or picture.width * picture.height > _MOST_PIXELS:
        return data  # as it is, or about to be refused
    kind = picture.format
    picture.load()
    turned = PIL.ImageOps.exif_transpose(picture)
    fresh = PIL.Image.new(turned.mode, turned.size)
    fresh.paste(turned)
    if turned.palette is not None:
        fresh.putpalette(turned.palette)
    target = io.BytesIO()
    if kind == "TIFF":
        fresh.save(target, "TIFF", compression="tiff_deflate", icc_profile=picture.info.get("icc_profile"))
    else:
        fresh.save(target, "AVIF", quality=90, icc_profile=picture.info.get("icc_profile"))
    return target.getvalue()


def _orientation(data: bytes) -> int:
    """2 to 8 where the picture has to be turned, else 0."""
    try:
        value = PIL.Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")).getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - a broken EXIF block is dropped like any other
        return 0
    return value if isinstance(value, int) and 2 <= value <= 8 else 0


def _exif(orientation: int) -> bytes:
    """The smallest EXIF block that says how the picture lies: one little-endian entry."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
