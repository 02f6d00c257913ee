"""Tells which picture format a file claims to be, from its first bytes and never from its name."""

from __future__ import annotations

from people.recognition.pictures.heif_file import is_avif, is_heif

HEAD_BYTES = 32
"""How many bytes of a file `content_type` looks at."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\1\0", "image/x-icon"),
)
_OTHER: tuple[tuple[int, bytes], ...] = (
    (4, b"ftypmif1"),
    (4, b"ftypmsf1"),
    (4, b"jP  "),
    (0, b"8BPS"),
    (0, b"%!PS"),
    (0, b"%PDF"),
    (0, b"<svg"),
    (0, b"\xff\x0a"),
)


def content_type(head: bytes) -> str | None:
    """Returns the MIME type of a picture that begins with `head` (at least HEAD_BYTES), or None.

    Only raster formats are listed: SVG and HTML can carry scripts, so they do not count as pictures here.
    """
    for offset, signature, mime in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return mime
    if is_avif(head[:HEAD_BYTES]):
        return "image/avif"
    return "image/heic" if is_heif(head[:HEAD_BYTES]) else None


def is_other_picture(head: bytes) -> bool:
    """Returns whether `head` begins a picture in a known format that is not read, such as JPEG 2000."""
    return any(head[offset : offset + len(signature)] == signature for offset, signature in _OTHER)
