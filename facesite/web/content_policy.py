"""Middleware that makes browsers load only what this site serves, and run no inline scripts.

So the name of a person or camera can never become a script. Django 6.0 has this built in.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from facesite.web.answers import middleware_that

HEADER = "Content-Security-Policy"
STRICT = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# The pages of Django's admin and of DRF contain a few inline styles; their scripts are as strict as ours.
INLINE_STYLES = f"{STRICT}; style-src 'self' 'unsafe-inline'"
NOT_OURS = ("/admin/", "/api/")


def _tell(request: HttpRequest, response: Any) -> None:
    response.headers.setdefault(HEADER, INLINE_STYLES if request.path_info.startswith(NOT_OURS) else STRICT)


with_content_policy = middleware_that(_tell)
"""Adds the policy to each response that has none of its own; stored pictures have one."""
