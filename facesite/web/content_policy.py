"""Middleware that tells browsers what a page may load: what this site serves, and nothing inline.

A person's name or a camera's can then never become a script. Django brings this with 6.0; until then it is here.
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
# Django's admin and DRF's pages carry a few styles in their own markup; scripts are as strict there.
INLINE_STYLES = f"{STRICT}; style-src 'self' 'unsafe-inline'"
NOT_OURS = ("/admin/", "/api/")


@sync_and_async_middleware
def with_content_policy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """A view's own policy, as that of stored pictures, is left alone."""

    def answer(request: HttpRequest) -> Any:
        return _told(request, get_response(request))

    async def answer_in_loop(request: HttpRequest) -> Any:
        return _told(request, await get_response(request))

    return answer_in_loop if iscoroutinefunction(get_response) else answer


def _told(request: HttpRequest, response: Any) -> Any:
    response.headers.setdefault(HEADER, INLINE_STYLES if request.path_info.startswith(NOT_OURS) else STRICT)
    return response
