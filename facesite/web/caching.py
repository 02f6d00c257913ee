"""Middleware that lets no browser and no proxy keep an answer, unless the answer says something else.

Pages name people. Kept ones would be shown by the back button after a log-out, and to whoever uses the machine next.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from facesite.web.refusing import is_of_the_api

HEADER, NOT_KEPT = "Cache-Control", "private, no-store"
# What decides whose answer it is; said to proxies that keep answers whatever Cache-Control says.
KEYS = ("Authorization", "X-API-Key", "Cookie")


@sync_and_async_middleware
def with_nothing_kept(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Adds Cache-Control to each response that has none of its own: static files, probes and pictures have one."""

    def answer(request: HttpRequest) -> Any:
        return _told(request, get_response(request))

    async def answer_in_loop(request: HttpRequest) -> Any:
        return _told(request, await get_response(request))

    return answer_in_loop if iscoroutinefunction(get_response) else answer


def _told(request: HttpRequest, response: Any) -> Any:
    response.headers.setdefault(HEADER, NOT_KEPT)
    if is_of_the_api(request.path_info):
        patch_vary_headers(response, KEYS)
    return response
