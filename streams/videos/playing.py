"""Plays the file of an analysed video: a browser asks for the part that it wants, so it can jump to a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from people.base.part_by_part import PIECE_BYTES, part_by_part
from people.records.groups import person_limits
from streams.videos.video import Video

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
KINDS = ((4, b"ftyp", "video/mp4"), (0, b"\x1aE\xdf\xa3", "video/webm"), (0, b"RIFF", "video/x-msvideo"))
"""(offset, mark, content type): by what the file begins with, never by its name."""


def may_play(video: Video, user: Any) -> bool:
    """Returns whether there is a file, and nobody is hidden from the user: the whole picture shows everybody."""
    return video.is_done and bool(video.file) and not person_limits(user)


@require_safe
@permission_required("streams.view_video", raise_exception=True)
def play_video(request: HttpRequest, video_id: UUID) -> HttpResponseBase:
    """Streams the file, or the part that `Range` asks for. 404 for whoever may not play it."""
    video: Video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
    if not may_play(video, request.user):
        raise Http404("not to be played")
    try:
        file = video.file.open("rb")
    except FileNotFoundError:
        raise Http404("the stored file is gone") from None
    return _answer(request, file, video.size_bytes)


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
