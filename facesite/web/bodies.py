"""Bounds of what a request may carry, kept before Django reads it: its handler takes a body of any length, and from
strangers too, onto the disk before the first middleware is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[dict[str, Any], Receive, Any], Awaitable[None]]

# 64 kB: the forms for logging in have some 500 bytes.
SMALL_BYTES = 64_000
FORM_BYTES = 100_000
"""What a form may have beside its files."""
# 60 s without a byte: the client is gone, or means to keep us waiting.
WAIT_S = 60.0
TAKES_ZIPS = ("/api/v1/imports/", "/admin/people/importjob/add/", "/admin/people/person/")
TAKES_PHOTOS = ("/api/v1/photos/",)
_DESCRIBES_A_BODY = {b"content-length", b"content-type", b"transfer-encoding"}
_NO_BODY: Message = {"type": "http.request", "body": b"", "more_body": False}


def limit_of(path: str) -> int:
    """Bytes that a request to `path` may carry."""
    if path.startswith(TAKES_ZIPS):
        return settings.ZIP_MAX_BYTES + FORM_BYTES
    if path.startswith(TAKES_PHOTOS):
        return 10 * settings.PHOTO_MAX_BYTES + FORM_BYTES
    return 2 * settings.PHOTO_MAX_BYTES * 4 // 3 + FORM_BYTES  # two pictures as base64


class BoundedBodies:
    """An ASGI application around another one.

    A body beyond SMALL_BYTES is read from those alone who have logged in; a stranger's request is answered as if it
    had none, in the words of whatever it is for. All bodies of a process together have at most the size of one ZIP:
    with the copy that the form's parser makes, that is what the pods' /tmp holds (k8s/base/web.yaml).
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._held = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        body = _Body(self, limit_of(scope["path"]), receive)
        try:
            if await body.begins_large(_declared(scope)) and not await database_sync_to_async(
                is_known, thread_sensitive=False
            )(scope):
                scope, body.begun = _without_body(scope), [_NO_BODY]
            await self._app(scope, body.receive, send)
            if body.refusal:
                raise body.refusal
        except Refusal as refusal:
            await refusal.answer(scope, send)
        finally:
            self._held -= body.size

    def take(self, size: int) -> None:
        """Raises Refusal when all bodies together are too many bytes."""
        self._held += size
        if self._held > settings.ZIP_MAX_BYTES + FORM_BYTES:
            raise Refusal(503, "busy", "Too much is being uploaded just now; try again in some seconds.")


class _Body:
    """One request's, part by part. `size`: bytes that came and count among those of the process."""

    def __init__(self, all_bodies: BoundedBodies, limit: int, receive: Receive) -> None:
        self._all, self._limit, self._receive = all_bodies, limit, receive
        self.begun: list[Message] = []
        self.size, self._is_whole = 0, False
        self.refusal: Refusal | None = None

    async def begins_large(self, declared: int) -> bool:
        """Reads SMALL_BYTES of it at most. Raises Refusal for one that is declared to be too large."""
        if declared > self._limit:
            raise _too_large(self._limit)
        while not self._is_whole and self.size <= SMALL_BYTES and declared <= SMALL_BYTES:
            self.begun.append(await self._next())
        return not self._is_whole

    async def receive(self) -> Message:
        """The ASGI application's: a refused body ends for it as if the client had left, so that it lets go of it."""
        if self.begun:
            return self.begun.pop(0)
        if self._is_whole:
            return await self._receive()
        try:
            return await self._next()
        except Refusal as refusal:
            self.refusal = refusal
            return {"type": "http.disconnect"}

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
    """Whether the request comes with a login that holds: a session, a token or a key. Wrong ones are counted."""
    request = ASGIRequest(scope, BytesIO())
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    if get_user(request).is_authenticated:
        return True
    try:
        return bool(Request(request, authenticators=[CountedTokens(), KeyAuthentication()]).user.is_authenticated)
    except APIException:
        return False


def _declared(scope: dict[str, Any]) -> int:
    """Content-Length; 0 where there is none, as before chunks."""
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


def _without_body(scope: dict[str, Any]) -> dict[str, Any]:
    return {**scope, "headers": [header for header in scope["headers"] if header[0] not in _DESCRIBES_A_BODY]}


def _too_large(limit: int) -> Refusal:
    return Refusal(413, "too_large", f"The request is too large: at most {limit / 1_000_000:g} MB are taken here.")
