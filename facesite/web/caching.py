"""Middleware that lets no browser and no proxy keep an answer, unless the answer says something else.

Pages name people. Kept ones would be shown by the back button after a log-out, and to whoever uses the machine next.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.cache import patch_vary_headers

from facesite.web.answers import middleware_that
from facesite.web.refusing import is_of_the_api

HEADER, NOT_KEPT = "Cache-Control", "private, no-store"
# What decides whose answer it is; said to proxies that keep answers whatever Cache-Control says.
KEYS = ("Authorization", "X-API-Key", "Cookie")


def _tell(request: HttpRequest, response: Any) -> None:
    response.headers.setdefault(HEADER, NOT_KEPT)
    if is_of_the_api(request.path_info):
        patch_vary_headers(response, KEYS)


with_nothing_kept = middleware_that(_tell)
"""Adds Cache-Control to each response that has none of its own: static files, probes and pictures have one."""
