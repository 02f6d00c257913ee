"""Lets only pages of this site open sockets, the same rule as for forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.http import is_same_domain

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class OwnOrigins:
    """An ASGI application that wraps another one for websockets and refuses foreign origins.

    Browsers send cookies to every port of a host, and Channels' own validator only compares host names: the page of
    any other program on this machine, or on a neighbouring subdomain, could watch. This class compares scheme, host
    and port with those of the request, or with CSRF_TRUSTED_ORIGINS.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await (self._app if is_own(scope) else WebsocketDenier())(scope, receive, send)


def is_own(scope: dict[str, Any]) -> bool:
    """Returns whether a handshake comes from a page of this site; False without an Origin header."""
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http")
    request = ASGIRequest({**scope, "type": "http", "method": "GET", "scheme": scheme}, BytesIO())
    origin = request.headers.get("Origin", "")
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return False
    return origin == own or any(_is_trusted(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def _is_trusted(origin: str, trusted: str) -> bool:
    """Returns whether `origin` matches `trusted`, which may have a star for all subdomains: https://*.example.org."""
    if "*" not in trusted:
        return origin == trusted
    try:
        asked, allowed = urlsplit(origin), urlsplit(trusted)
    except ValueError:
        return False
    return asked.scheme == allowed.scheme and is_same_domain(asked.netloc, allowed.netloc.lstrip("*"))
