"""Middleware that gives each request an id: in every log line of it, and in its answer."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from facesite.monitoring.logging import bind

HEADER = "X-Request-ID"
# What a proxy before us may have given; anything else is not written into logs.
_FROM_OUTSIDE = re.compile(r"[A-Za-z0-9._-]{8,64}")


@sync_and_async_middleware
def with_request_id(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The id of a proxy is kept, so that its lines and ours can be put together."""

    def answer(request: HttpRequest) -> Any:
        request_id = _begin(request)
        response = get_response(request)
        response[HEADER] = request_id
        return response

    async def answer_in_loop(request: HttpRequest) -> Any:
        request_id = _begin(request)
        response = await get_response(request)
        response[HEADER] = request_id
        return response

    return answer_in_loop if iscoroutinefunction(get_response) else answer


def _begin(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = given if _FROM_OUTSIDE.fullmatch(given) else uuid.uuid4().hex
    request.META["HTTP_X_REQUEST_ID"] = request_id  # whoever asks for it from here on gets this one
    bind(request_id=request_id)
    request.request_id = request_id  # type: ignore[attr-defined] # for refusals, which name it
    return request_id
