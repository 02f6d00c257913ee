"""Error pages, each of which gives back the database connection of the thread that rendered it.

Under ASGI Django renders some error pages in a thread that no later request may use for long, and at the end of a
request looks only after the connection of the request's own thread.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from people.base.statement_limit import is_too_slow
from people.errors import TookTooLong

Page = Callable[..., HttpResponse]


def connection_given_back(page: Page) -> Page:
    """Makes `page` close its thread's connections afterwards, except inside a transaction (of a test)."""

    @wraps(page)
    def drawn(*args: object, **kwargs: object) -> HttpResponse:
        try:
            return page(*args, **kwargs)
        finally:
            for connection in connections.all(initialized_only=True):
                if not connection.in_atomic_block:
                    connection.close()

    return drawn


bad_request = connection_given_back(defaults.bad_request)
forbidden = connection_given_back(defaults.permission_denied)
not_found = connection_given_back(defaults.page_not_found)


@connection_given_back
def fault(request: HttpRequest) -> HttpResponse:
    """Renders a 500, or a 503 if a statement took too long."""
    if not is_too_slow(sys.exc_info()[1]):
        return defaults.server_error(request)
    response = render(request, "503.html", status=503)
    response["Retry-After"] = str(TookTooLong.retry_after_s)
    return response
