"""GET requests to one server with a key in a header: bounded, retried with back-off, and never redirected.

http.client follows no redirects, so the key cannot leak to another host.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from people.compreface.errors import CompreFaceRefused, Unreachable

TRIES = 5
# Each pause is twice the one before: 0.5, 1, 2 and 4 s.
FIRST_PAUSE_S = 0.5
# The longest pause that a server may ask for with Retry-After.
LONGEST_PAUSE_S = 60.0
CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    retry_after: str
    location: str

    @property
    def is_busy(self) -> bool:
        return self.status == 429 or self.status >= 500


class Connection:
    """Runs `get(path, …)` from any number of threads; each thread keeps its own connection open.

    address: http:// or https:// with a host, perhaps a port and a path prefix. Raises CompreFaceRefused for any other.
    timeout_s: limit for connecting and for each silence; a whole answer may take four times as long.
    """

    def __init__(
        self, address: str, key: str, *, timeout_s: float = 15, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._secure, self._host, self._port, self._prefix = _understood(address)
        if not key or not (key.isascii() and key.isprintable()) or " " in key:
            raise CompreFaceRefused(
                "The API key is missing (give it in COMPREFACE_KEY), or has characters that no key has."
            )
        self._headers = {"x-api-key": key, "Accept": "*/*", "User-Agent": "facesite"}
        self._timeout_s = timeout_s
        self._pause = pause
        self._mine = threading.local()
        self._open: set[http.client.HTTPConnection] = set()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in list(self._open):
            connection.close()

    def get(self, path: str, *, max_bytes: int) -> bytes:
        """Returns the body of a 200 answer.

        Raises CompreFaceRefused for any other answer, Unreachable if there is none after TRIES.
        """
        why, pause_s = "", 0.0
        for attempt in range(TRIES):
            if pause_s:
                self._pause(pause_s)
            pause_s = FIRST_PAUSE_S * 2**attempt
            try:
                answer = self._ask(path, max_bytes)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                why = str(error) or type(error).__name__
                continue
            if not answer.is_busy:
                return _accepted(answer)
            why = f"it answers {answer.status}"
            pause_s = _asked_pause_s(answer.retry_after, pause_s)
        raise Unreachable(f"{self._host}:{self._port} cannot be read: {why}.")

    def _ask(self, path: str, max_bytes: int) -> Answer:
        connection = self._connection()
        connection.request("GET", self._prefix + path, headers=self._headers)
        response = connection.getresponse()
        body = self._read(response, max_bytes)
        if response.will_close:
            self._drop()
        return Answer(response.status, body, response.getheader("Retry-After", ""), response.getheader("Location", ""))

    def _read(self, response: http.client.HTTPResponse, max_bytes: int) -> bytes:
        """Returns the body. Raises CompreFaceRefused beyond `max_bytes`, TimeoutError if it arrives too slowly."""
        end = time.monotonic() + 4 * self._timeout_s
        body = bytearray()
        while chunk := response.read(CHUNK_BYTES):
            body += chunk
            if len(body) > max_bytes:
                self._drop()
                raise CompreFaceRefused(f"An answer is larger than {max_bytes / 1_000_000:g} MB.")
            if time.monotonic() > end:
                raise TimeoutError("an answer takes too long")
        return bytes(body)

    def _connection(self) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if known is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            known = self._mine.connection = kind(self._host, self._port, timeout=self._timeout_s)
            self._open.add(known)
        return known

    def _drop(self) -> None:
        known: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if known is not None:
            known.close()
            self._open.discard(known)
            self._mine.connection = None


def _understood(address: str) -> tuple[bool, str, int, str]:
    """Returns whether the address is HTTPS, its host, its port, and its path prefix. Raises CompreFaceRefused."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port
    except ValueError as error:
        raise CompreFaceRefused(f"This is not an address: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise CompreFaceRefused(
            "An address looks like http://compreface.example:8000, without user, query or fragment."
        )
    secure = parts.scheme == "https"
    prefix = parts.path.rstrip("/").removesuffix("/api/v1")
    return secure, parts.hostname, port or (443 if secure else 80), prefix


def _accepted(answer: Answer) -> bytes:
    if answer.status == 200:
        return answer.body
    if 300 <= answer.status < 400:
        raise CompreFaceRefused(
            f"It redirects to {answer.location[:200]}. Redirects are not followed: give that address."
        )
    raise CompreFaceRefused(f"It answers {answer.status}: {_message(answer.body)}")


def _message(body: bytes) -> str:
    """Returns the message of a refusal, from CompreFace's {"message", "code"}, or the start of any other body."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    text = told.get("message") if isinstance(told, dict) else None
    return str(text or body[:100].decode("utf-8", "replace") or "nothing")[:300]


def _asked_pause_s(retry_after: str, usual_s: float) -> float:
    if retry_after.isascii() and retry_after.isdecimal():
        return min(float(retry_after), LONGEST_PAUSE_S)
    return usual_s
