"""The network address that a request comes from."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle


def client_address(request: HttpRequest) -> str:
    """Returns the address of whoever sent `request`; "" if the server does not know it."""
    return str(BaseThrottle().get_ident(cast(Any, request)) or "")
