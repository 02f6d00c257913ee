"""Limits each database statement of web requests and sockets to STATEMENT_SECONDS."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from people.base.statement_limit import statement_limit


def with_statement_limit(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Limits the statements of each request; a slower one becomes a 503 (web/error_pages.py, api/errors.py)."""

    def answer(request: HttpRequest) -> Any:
        with statement_limit(settings.STATEMENT_SECONDS):
            return get_response(request)

    return answer


def limited(application: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Limits the statements of the ASGI application for sockets, where Django's middleware does not run."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        with statement_limit(settings.STATEMENT_SECONDS):
            await application(scope, receive, send)

    return serve
