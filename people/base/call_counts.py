"""Counters of calls in windows of time: one number in the cache for each caller."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from time import time

from django.core.cache import cache

WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class CountedCall:
    """One call that was counted, and where; `number` is how many the caller has made in this window."""

    key: str
    number: int

    def take_back(self) -> None:
        """Uncounts the call. Does nothing if its window is over."""
        with suppress(ValueError):  # the cache has evicted the number, or the window has ended
            cache.decr(self.key)


def count_call(name: str, caller: str, window_s: int) -> CountedCall:
    """Counts one more call of `caller` in the present window of `window_s` seconds."""
    key = f"calls-{name}-{digest(caller)}-{int(time()) // window_s}"
    if cache.add(key, 1, timeout=2 * window_s):
        return CountedCall(key, 1)
    try:
        return CountedCall(key, int(cache.incr(key)))
    except ValueError:  # the cache has just evicted the number: counting begins again
        return CountedCall(key, 1)


def calls_in_window(name: str, caller: str) -> int:
    """Counts one more call of `caller`; returns how many calls it has made in this minute."""
    return count_call(name, caller, WINDOW_S).number


def seconds_left(window_s: int | None = None) -> float:
    """Returns the seconds until the next window begins."""
    window = window_s or WINDOW_S
    return window - time() % window


def digest(caller: str) -> str:
    """Returns a caller's name as a part of a cache key, of fixed length and without control characters."""
    return sha256(caller.encode("utf-8", "replace")).hexdigest()[:32]
