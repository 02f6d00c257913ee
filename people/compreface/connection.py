"""GET requests to one server with a key in a header: bounded, retried with back-off, and never redirected.

A redirect is not followed, so that the key cannot be carried to another host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from people.compreface.errors import CompreFaceRefused, Unreachable

TRIES = 5
# Each pause is twice the one before: 0.5, 1, 2 and 4 s.
FIRST_PAUSE_S = 0.5
# The longest pause that a server may ask for with Retry-After.
LONGEST_PAUSE_S = 60.0
CHUNK_BYTES = 65_536
# More than moving.py has threads.
KEPT_OPEN = 8


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
    """`get(path, …)` from any number of threads, over connections that are kept open.

    address: http:// or https:// with a host, perhaps a port and a path in front. Raises CompreFaceRefused.
    timeout_s: for connecting and for each silence; an answer has four times as long altogether.
    """

    def __init__(
        self, address: str, key: str, *, timeout_s: float = 15, pause: Callable[[float], None] = time.sleep
    ) -> None:
        secure, host, port, self._prefix = _understood(address)
        if not key or not (key.isascii() and key.isprintable()) or " " in key:
            raise CompreFaceRefused(
                "The API key is missing (give it in COMPREFACE_KEY), or has characters that no key has."
            )
        headers = {"x-api-key": key, "Accept": "*/*", "User-Agent": "facesite"}
        kind = HTTPSConnectionPool if secure else HTTPConnectionPool
        self._pool = kind(host, port, timeout=timeout_s, maxsize=KEPT_OPEN, headers=headers)
        self._timeout_s = timeout_s
        self._pause = pause

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def get(self, path: str, *, max_bytes: int) -> bytes:
        """Returns the body of a 200. Raises CompreFaceRefused for any other, Unreachable without one."""
        why, pause_s = "", 0.0
        for attempt in range(TRIES):
            if pause_s:
                self._pause(pause_s)
            pause_s = FIRST_PAUSE_S * 2**attempt
            try:
                answer = self._ask(path, max_bytes)
            except (OSError, HTTPError) as error:
                why = _cause(error)
                continue
            if not answer.is_busy:
                return _accepted(answer)
            why = f"it answers {answer.status}"
            pause_s = _asked_pause_s(answer.retry_after, pause_s)
        raise Unreachable(f"{self._pool.host}:{self._pool.port} cannot be read: {why}.")

    def _ask(self, path: str, max_bytes: int) -> Answer:
        response = self._pool.urlopen(
            "GET", self._prefix + path, retries=False, redirect=False, preload_content=False, decode_content=False
        )
        with closing(response):  # one that was read to its end has given its connection back
            body = self._read(response, max_bytes)
        told = response.headers
        return Answer(response.status, body, told.get("Retry-After", ""), told.get("Location", ""))

    def _read(self, response: BaseHTTPResponse, max_bytes: int) -> bytes:
        """Raises CompreFaceRefused beyond `max_bytes`, TimeoutError for an answer that trickles."""
        end = time.monotonic() + 4 * self._timeout_s
        body = bytearray()
        while chunk := response.read1(CHUNK_BYTES):  # read() would wait for a whole chunk, however slowly it comes
            body += chunk
            if len(body) > max_bytes:
                raise CompreFaceRefused(f"An answer is larger than {max_bytes / 1_000_000:g} MB.")
            if time.monotonic() > end:
                raise TimeoutError("an answer takes too long")
        return bytes(body)


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


def _cause(error: Exception) -> str:
    """What the network said, without the names of the library's parts around it."""
    cause = error.__cause__ or next((each for each in error.args if isinstance(each, Exception)), error)
    return str(cause).strip() or type(cause).__name__


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
