"""Counts wrong keys and tokens for each network address, and makes an address that sends too many wait.

A right key is always let in, so a neighbour behind the same address cannot shut it out. A try costs one number in
the cache; nothing is written to the database.
"""

from __future__ import annotations

import threading
from collections import Counter

from django.conf import settings
from prometheus_client.metrics_core import Metric
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from people.base.call_counts import calls_in_window, seconds_left
from people.base.client_address import client_address
from people.base.figures import counter_by

_lock = threading.Lock()
_counted: Counter[str] = Counter(refused=0, throttled=0)


def count_failure(request: Request) -> None:
    """Counts a request with a wrong key or token. Raises Throttled beyond FAILED_LOGINS_PER_ADDRESS a minute."""
    too_many = calls_in_window("failed", client_address(request)) > settings.FAILED_LOGINS_PER_ADDRESS
    with _lock:
        _counted["throttled" if too_many else "refused"] += 1
    if too_many:
        raise Throttled(seconds_left(), "Too many wrong keys came from this address.")


def failed_login_figures() -> list[Metric]:
    """Returns how many wrong keys and tokens this process has met."""
    with _lock:
        counted = dict(sorted(_counted.items()))
    meaning = "Requests with a wrong API key or token; throttled: from an address that sent too many."
    return [counter_by("answer", "facesite_failed_logins_total", meaning, counted)]
