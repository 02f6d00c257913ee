"""Limits the size of request bodies before Django reads them.

Django's handler writes a body of any length to disk, even from strangers, before the first middleware runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from facesite.web.refusing import Refusal
from people.accounts.authentication import CountedTokens, KeyAuthentication
from people.self_enrolling.known import takes_pictures

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[dict[str, Any], Receive, Any], Awaitable[None]]

# 64 kB: the login forms have about 500 bytes.
SMALL_BYTES = 64_000
FORM_BYTES = 100_000
"""Bytes that a form may contain besides its files."""
# 60 s without a byte: the client is gone, or stalls on purpose.
WAIT_S = 60.0
LINGER_S, LINGER_QUIET_S = 5.0, 0.5
"""How long the rest of a withheld or refused body is read before the answer, and how long without a byte."""
LINGER_BYTES = 50_000_000
"""Bytes of it that are read: more than two pictures of the usual limit."""
TAKES_FILES = (
    "/api/v1/imports/", "/api/v1/videos/", "/admin/people/importjob/add/", "/admin/people/person/", "/videos/add/",
)  # fmt: skip
"""Where ZIPs of people and videos are uploaded; both are limited by ZIP_MAX_BYTES."""
TAKES_PHOTOS = ("/api/v1/photos/",)
_DESCRIBES_A_BODY = {b"content-length", b"content-type", b"transfer-encoding"}
_NO_BODY: Message = {"type": "http.request", "body": b"", "more_body": False}


def limit_of(path: str) -> int:
    """Returns how many bytes a request to `path` may have."""
    if path.startswith(TAKES_FILES):
        return settings.ZIP_MAX_BYTES + FORM_BYTES
    if path.startswith(TAKES_PHOTOS):
        return 10 * settings.PHOTO_MAX_BYTES + FORM_BYTES
    return 2 * settings.PHOTO_MAX_BYTES * 4 // 3 + FORM_BYTES  # two pictures as base64


class BoundedBodies:
    """An ASGI application that wraps another one and limits bodies.

    It reads a body beyond SMALL_BYTES only from logged-in callers; a stranger's request reaches the view without its
    body, so that the view itself refuses it. All bodies of a process together have at most the size of one ZIP: with
    the copy that the form parser makes, this fits into the pods' /tmp (k8s/base/web.yaml).
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._held = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        body = _Body(self, limit_of(scope["path"]), receive, waits=_waits(scope))
        try:
            if await body.begins_large(_declared(scope)) and not await database_sync_to_async(is_known)(scope):
                scope = _without_body(scope)
                body.withhold()
            await self._app(scope, body.receive, partial(body.answer, send))
            if body.refusal:
                raise body.refusal
        except Refusal as refusal:
            await body.linger()
            await refusal.answer(scope, send)
        finally:
            self._held -= body.size

    def take(self, size: int) -> None:
        """Counts `size` more bytes. Raises Refusal if all bodies together are too large."""
        self._held += size
        if self._held > settings.ZIP_MAX_BYTES + FORM_BYTES:
            raise Refusal(503, "busy", "Too much is being uploaded just now; try again in some seconds.")


class _Body:
    """The body of one request, part by part; `size` are the bytes received, which count towards the process's total."""

    def __init__(self, all_bodies: BoundedBodies, limit: int, receive: Receive, *, waits: bool) -> None:
        """`waits`: the client sends nothing before it is told to go on, which the first look at the body does."""
        self._all, self._limit, self._receive, self._waits = all_bodies, limit, receive, waits
        self.begun: list[Message] = []
        self.size, self._is_whole = 0, False
        self.refusal: Refusal | None = None
        self._is_withheld = False

    async def begins_large(self, declared: int) -> bool:
        """Returns whether the body exceeds SMALL_BYTES, after reading at most about that much.

        Raises Refusal if its declared length is too large.
        """
        if declared > self._limit:
            raise _too_large(self._limit)
        while not self._is_whole and self.size <= SMALL_BYTES and declared <= SMALL_BYTES:
            self.begun.append(await self._next())
        return not self._is_whole

    async def receive(self) -> Message:
        """Returns the next message for the application: a disconnect for a refused body, so that it stops reading."""
        if self.begun:
            return self.begun.pop(0)
        if self._is_withheld:
            # The application believes that the body has ended, and now listens for the client to go. What still comes
            # is no business of its: Django would take it for a fault and answer 500.
            await asyncio.Event().wait()
        if self._is_whole:
            return await self._receive()
        try:
            return await self._next()
        except Refusal as refusal:
            self.refusal = refusal
            return {"type": "http.disconnect"}

    def withhold(self) -> None:
        """Lets the application see an empty body."""
        self.begun, self._is_withheld = [_NO_BODY], True

    async def answer(self, send: Any, message: Message) -> None:
        """Sends `message`, an answer to a withheld body only after reading on for a while."""
        if self._is_withheld and message["type"] == "http.response.start":
            await self.linger()
        await send(message)

    async def linger(self) -> None:
        """Reads the rest of a body that nobody wants for a while, and drops it.

        A client that is still sending does not hear the answer: the connection closes with its bytes unread, and its
        system drops what has come.
        """
        if self._waits and not self.size:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                await self._discard()

    async def _discard(self) -> None:
        discarded = 0
        while not self._is_whole and discarded < LINGER_BYTES:
            async with asyncio.timeout(LINGER_QUIET_S):
                message = await self._receive()
            discarded += len(message.get("body", b""))
            self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(WAIT_S):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(408, "too_slow", f"Nothing came for {WAIT_S:.0f} seconds.") from None
        part = len(message.get("body", b""))
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        self.size += part
        self._all.take(part)
        if self.size > self._limit:
            raise _too_large(self._limit)
        return message


def is_known(scope: dict[str, Any]) -> bool:
    """Returns whether the request has a valid session, token, key or enrolment link; counts wrong tokens and keys."""
    if takes_pictures(scope["path"]):
        return True
    request = ASGIRequest(scope, BytesIO())
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    if get_user(request).is_authenticated:
        return True
    try:
        return bool(Request(request, authenticators=[CountedTokens(), KeyAuthentication()]).user.is_authenticated)
    except APIException:
        return False


def _declared(scope: dict[str, Any]) -> int:
    """Returns Content-Length; 0 without one, as with chunked bodies."""
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


def _waits(scope: dict[str, Any]) -> bool:
    return bool(dict(scope["headers"]).get(b"expect", b"").lower() == b"100-continue")


def _without_body(scope: dict[str, Any]) -> dict[str, Any]:
    return {**scope, "headers": [header for header in scope["headers"] if header[0] not in _DESCRIBES_A_BODY]}


def _too_large(limit: int) -> Refusal:
    return Refusal(413, "too_large", f"The request is too large: at most {limit / 1_000_000:g} MB are taken here.")
