"""Refusals before Django sees a request: in the API's shape for its addresses, else as plain text."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4


def is_of_the_api(path: str) -> bool:
    """Returns whether whoever asks for `path` expects the API's shape."""
    return path.startswith("/api/")


class Refusal(Exception):
    """Refuses a request with `status`; the message is a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def envelope(self) -> dict[str, Any]:
        """Returns the refusal in the API's shape."""
        return {"error": {"code": self.code, "message": str(self), "details": []}, "request_id": uuid4().hex}

    async def answer(self, scope: dict[str, Any], send: Any) -> None:
        """Sends the refusal and closes the connection, without reading the rest of the request."""
        kind, body = "text/plain; charset=utf-8", f"{self}\n"
        if is_of_the_api(scope["path"]):
            kind, body = "application/json", json.dumps(self.envelope())
        headers = {"content-type": kind, "cache-control": "private, no-store", "connection": "close"}
        if self.status == 503:
            headers["retry-after"] = "5"
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": told})
        await send({"type": "http.response.body", "body": body.encode()})
