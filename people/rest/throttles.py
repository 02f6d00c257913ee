"""Throttles of the API: at most so many requests a minute from each key or user, and from each address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from people.accounts.api_key import ApiKey
from people.base.call_counts import calls_in_window, seconds_left
from people.base.client_address import client_address


def caller_of(request: Request) -> str | None:
    """Returns a name for the caller: one API key, or one user with a token or session; None for a stranger."""
    if isinstance(request.auth, ApiKey):
        return f"key {request.auth.pk}"
    return f"user {request.user.pk}" if request.user.is_authenticated else None


class PerMinute(BaseThrottle):
    """Counts in one-minute windows: one number in the cache. DRF's own throttle keeps a time for every request."""

    name: str

    def limit(self) -> int:
        raise NotImplementedError

    def caller(self, request: Request) -> str | None:
        """Returns the name to count calls under; None to count none."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        caller = self.caller(request)
        return caller is None or calls_in_window(self.name, caller) <= self.limit()

    def wait(self) -> float:
        """Returns the seconds to wait; DRF sends them as Retry-After."""
        return seconds_left()


class PerCaller(PerMinute):
    """Limits one API key, or one user with a token or a session."""

    name = "caller"

    def limit(self) -> int:
        return int(settings.API_CALLS_PER_KEY)

    def caller(self, request: Request) -> str | None:
        return caller_of(request)


class PerAddress(PerMinute):
    """Limits one network address, whoever calls from it."""

    name = "address"

    def limit(self) -> int:
        return int(settings.API_CALLS_PER_ADDRESS)

    def caller(self, request: Request) -> str | None:
        return client_address(request)
