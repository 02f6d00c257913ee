"""Middleware that gives each request an id, which appears in all its log lines and in its answer."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from facesite.monitoring.logging import bind

HEADER = "X-Request-ID"
# Ids that a proxy may set; any other value must not get into the logs.
_FROM_OUTSIDE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def with_request_id(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets the id of each request; it keeps a proxy's id, so that its log lines can be matched with ours."""

    def answer(request: HttpRequest) -> Any:
        request_id = _begin(request)
        response = get_response(request)
        response[HEADER] = request_id
        return response

    return answer


def _begin(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = given if _FROM_OUTSIDE.fullmatch(given) else uuid.uuid4().hex
    request.META["HTTP_X_REQUEST_ID"] = request_id  # later readers of the header get this id
    bind(request_id=request_id)
    request.request_id = request_id  # type: ignore[attr-defined] # refusals contain it
    return request_id
