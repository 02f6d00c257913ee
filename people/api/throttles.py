"""How often the API may be called: a number of requests a minute for each key or user, and for each address."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from people.keys import ApiKey

WINDOW_S = 60


class PerMinute(BaseThrottle):
    """Counts in windows of a minute: one number in the cache, where DRF's own keeps a time for every request."""

    name: str

    def limit(self) -> int:
        raise NotImplementedError

    def caller(self, request: Request) -> str | None:
        """Whom to count; None: nobody."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        caller = self.caller(request)
        if caller is None:
            return True
        window = int(time.time()) // WINDOW_S
        key = f"calls-{self.name}-{sha256(caller.encode('utf-8', 'replace')).hexdigest()[:32]}-{window}"
        if cache.add(key, 1, timeout=2 * WINDOW_S):
            return True
        try:
            return cache.incr(key) <= self.limit()
        except ValueError:  # it has just been evicted: counting begins again
            return True

    def wait(self) -> float:
        """Seconds until the next window: DRF sends them as Retry-After."""
        return WINDOW_S - time.time() % WINDOW_S


class PerCaller(PerMinute):
    """One API key, or one user with a token or a session."""

    name = "caller"

    def limit(self) -> int:
        return int(settings.API_CALLS_PER_KEY)

    def caller(self, request: Request) -> str | None:
        if isinstance(request.auth, ApiKey):
            return f"key {request.auth.pk}"
        return f"user {request.user.pk}" if request.user.is_authenticated else None


class PerAddress(PerMinute):
    """One network address, whoever calls from it."""

    name = "address"

    def limit(self) -> int:
        return int(settings.API_CALLS_PER_ADDRESS)

    def caller(self, request: Request) -> str | None:
        return str(self.get_ident(request))
