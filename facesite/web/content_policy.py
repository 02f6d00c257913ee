"""Middleware that makes browsers load only what this site serves, and run no inline scripts.

So the name of a person or camera can never become a script. Django 6.0 has this built in.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

HEADER = "Content-Security-Policy"
STRICT = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# The pages of Django's admin and of DRF contain a few inline styles; their scripts are as strict as ours.
INLINE_STYLES = f"{STRICT}; style-src 'self' 'unsafe-inline'"
NOT_OURS = ("/admin/", "/api/")


@sync_and_async_middleware
def with_content_policy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Adds the policy to each response that has none of its own; stored pictures have one."""

    def answer(request: HttpRequest) -> Any:
        return _told(request, get_response(request))

    async def answer_in_loop(request: HttpRequest) -> Any:
        return _told(request, await get_response(request))

    return answer_in_loop if iscoroutinefunction(get_response) else answer


def _told(request: HttpRequest, response: Any) -> Any:
    response.headers.setdefault(HEADER, INLINE_STYLES if request.path_info.startswith(NOT_OURS) else STRICT)
    return response
