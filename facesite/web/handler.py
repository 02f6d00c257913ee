"""Django's ASGI handler for bodies that come without a length, as chunked ones do."""

from __future__ import annotations

from collections.abc import Mapping
from io import SEEK_END
from typing import IO, Any

from django.core.handlers.asgi import ASGIHandler


class AnyLengthHandler(ASGIHandler):
    """Says how long a body is that came without Content-Length.

    Form and JSON parsers take a request without that header for empty. Django's handler has read the whole body by
    then, within the limits of bodies.py, so its size is known.
    """

    def create_request(self, scope: Mapping[str, Any], body_file: IO[bytes]) -> Any:
        if not any(name == b"content-length" for name, _ in scope["headers"]):
            size = body_file.seek(0, SEEK_END)
            body_file.seek(0)
            if size:
                scope = {**scope, "headers": [*scope["headers"], (b"content-length", str(size).encode())]}
        return super().create_request(scope, body_file)
