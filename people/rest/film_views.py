"""Streams a stored film to a player: whole, or the part that a browser asks for, so that it can jump to a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from people.base.part_by_part import PIECE_BYTES, part_by_part

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
KINDS = ((4, b"ftyp", "video/mp4"), (0, b"\x1aE\xdf\xa3", "video/webm"), (0, b"RIFF", "video/x-msvideo"))
"""(offset, mark, content type): by what the file begins with, never by its name."""


def stream_film(request: HttpRequest, stored: Any, size: int | None = None) -> HttpResponseBase:
    """Returns the film in the field `stored`, or the part that `Range` asks for; `size` is asked of the storage if it
    is not known. Raises Http404 if it is not stored."""
    if not stored.name:
        raise Http404("no film")
    try:
        file = stored.open("rb")
        size = stored.size if size is None else size
    except FileNotFoundError:
        raise Http404("the stored file is gone") from None
    return _answer(request, file, size)


def _answer(request: HttpRequest, file: Any, size: int) -> HttpResponseBase:
    kind = _kind(file.read(16))
    headers = {
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; sandbox",
    }
    first, last, status = 0, size - 1, 200
    if asked := _RANGE.fullmatch(request.headers.get("Range", "")):
        first, status = int(asked[1]), 206
        last = min(size - 1, int(asked[2]) if asked[2] else size - 1)
        if first > last:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    parts = part_by_part(request, _part(file, first, last - first + 1))
    answer = StreamingHttpResponse(parts, status=status, content_type=kind, headers=headers)
    answer._resource_closers.append(file.close)  # type: ignore[attr-defined] # a player goes away whenever it jumps
    return answer


def _part(file: IO[bytes], first: int, size: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while size > 0 and (piece := file.read(min(size, PIECE_BYTES))):
            size -= len(piece)
            yield piece


def _kind(head: bytes) -> str:
    return next((kind for at, mark, kind in KINDS if head[at:].startswith(mark)), "application/octet-stream")
