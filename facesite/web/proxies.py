"""Tells the application who is behind the proxies in front, and whether that client came by HTTPS."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from people.base.client_address import address_behind, is_trusted_proxy

logger = logging.getLogger(__name__)

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
_SECURE = {"http": "https", "ws": "wss"}


class BehindProxies:
    """An ASGI application that wraps another one, and believes X-Forwarded-… of TRUSTED_PROXIES alone.

    Uvicorn's own middleware is switched off (`--no-proxy-headers`): it believes every program on this machine.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._has_warned = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket") and scope.get("client"):
            self._read_headers(scope)
        await self._app(scope, receive, send)

    def _read_headers(self, scope: dict[str, Any]) -> None:
        """Changes `scope` itself, because uvicorn's line about the request is written from it."""
        address, port = scope["client"]
        if is_trusted_proxy(address):
            behind = address_behind(address, _header(scope, b"x-forwarded-for"))
            scope["client"] = (behind, port if behind == address else 0)
            # The last proxy's word counts: it is the one that connects to us.
            if _header(scope, b"x-forwarded-proto").rpartition(",")[2].strip().lower() in ("https", "wss"):
                scope["scheme"] = _SECURE.get(scope["scheme"], scope["scheme"])
        elif settings.SECURE_SSL_REDIRECT and not self._has_warned and _header(scope, b"x-forwarded-proto"):
            self._has_warned = True
            logger.warning("X-Forwarded-Proto of %s is not believed: is it a proxy of TRUSTED_PROXIES?", address)


def _header(scope: dict[str, Any], name: bytes) -> str:
    return ",".join(value.decode("latin-1") for known, value in scope["headers"] if known == name)
