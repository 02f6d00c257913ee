"""The pages of refusals and faults. Each gives back the database connection of the thread that it was drawn in.

Under ASGI Django draws them in a thread of their own, and ends at the end of a request the connections of another one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from people.base.statement_limit import TookTooLong, is_too_slow

Page = Callable[..., HttpResponse]


def connection_given_back(page: Page) -> Page:
    """Whatever `page` draws. In the middle of a transaction, a test's, nothing is closed."""

    @wraps(page)
    def drawn(*args: object, **kwargs: object) -> HttpResponse:
        try:
            return page(*args, **kwargs)
        finally:
            for connection in connections.all(initialized_only=True):
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()

    return drawn


bad_request = connection_given_back(defaults.bad_request)
forbidden = connection_given_back(defaults.permission_denied)
not_found = connection_given_back(defaults.page_not_found)


@connection_given_back
def fault(request: HttpRequest) -> HttpResponse:
    """500, or 503 when a statement took longer than it may."""
    if not is_too_slow(sys.exc_info()[1]):
        return defaults.server_error(request)
    response = render(request, "503.html", status=503)
    response["Retry-After"] = str(TookTooLong.retry_after_s)
    return response
