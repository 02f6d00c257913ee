"""Counters of calls in one-minute windows: one number in the cache for each caller."""

from __future__ import annotations

import time
from hashlib import sha256

from django.core.cache import cache

WINDOW_S = 60


def calls_in_window(name: str, caller: str) -> int:
    """Counts one more call of `caller`; returns how many calls it has made in this minute."""
    window = int(time.time()) // WINDOW_S
    key = f"calls-{name}-{sha256(caller.encode('utf-8', 'replace')).hexdigest()[:32]}-{window}"
    if cache.add(key, 1, timeout=2 * WINDOW_S):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the cache has just evicted the number: counting begins again
        return 1


def seconds_left() -> float:
    """Returns the seconds until the next window begins."""
    return WINDOW_S - time.time() % WINDOW_S
