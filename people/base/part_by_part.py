"""Answers that are sent part by part, as they are made: neither a long list nor a large file lies whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, TypeVar

from channels.db import database_sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

Part = TypeVar("Part", str, bytes)
PIECE_BYTES = 1 << 18


def part_by_part(request: HttpRequest, parts: Iterator[Part]) -> Any:
    """Returns `parts` as a StreamingHttpResponse needs them: under ASGI it would gather all of them first."""
    return _one_by_one(parts) if isinstance(request, ASGIRequest) else parts


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yields an open file in pieces, and closes it at its end."""
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def _one_by_one(parts: Iterator[Any]) -> AsyncIterator[Any]:
    """Yields the parts, each made in a thread with a database connection."""
    make = database_sync_to_async(next)
    while (part := await make(parts, None)) is not None:
        yield part
