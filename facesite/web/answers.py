"""Makes middleware of a function that adds something to each answer, for threads and for the event loop alike."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware


def middleware_that(tells: Callable[[HttpRequest, Any], None]) -> Any:
    """Returns a middleware that calls `tells` with each request and its response, which it may change."""

    @sync_and_async_middleware
    def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
        def answer(request: HttpRequest) -> Any:
            response = get_response(request)
            tells(request, response)
            return response

        async def answer_in_loop(request: HttpRequest) -> Any:
            response = await get_response(request)
            tells(request, response)
            return response

        return answer_in_loop if iscoroutinefunction(get_response) else answer

    return middleware
