"""Lets a web process store its entries of the audit: from its first request on, in a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from facesite.monitoring.metrics import include
from people.audit.keeping import KEPT, start_keeper

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class KeepsAudit:
    """An ASGI application that wraps another one. Tests without a server have no thread, and store by hand."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        start_keeper()
        await self._app(scope, receive, send)


include(KEPT.figures)
