"""Makes middleware of a function that adds something to each answer, for threads and for the event loop alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest


def middleware_that(tells: Callable[[HttpRequest, Any], None]) -> Any:
    """Returns a middleware that calls `tells` with each request and its response, which it may change."""

    def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
        def answer(request: HttpRequest) -> Any:
            response = get_response(request)
            tells(request, response)
            return response

        return answer

    return middleware
