"""The worker's side of searching the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from streams.cameras import searches
from streams.pipeline.child.search import SearchOrder, run_search
from streams.pipeline.onvif.found import SearchResult
from streams.pipeline.reasons import Reason
from streams.running.errands import ErrandEnded, ErrandRunner, ErrandTooLong, in_child

Target = Callable[[SearchOrder, Any], None]
# 25 s: 3 s to listen, 16 s to ask, and the start of a process on a busy machine.
SEARCH_S = 25.0
AT_ONCE = 1
"""Searches of one worker at a time."""


class Searches(ErrandRunner):
    """Searches the network, each time in a process of its own."""

    def __init__(self, target: Target = run_search, timeout_s: float = SEARCH_S) -> None:
        super().__init__(AT_ONCE)
        self._target, self._timeout_s = target, timeout_s

    def _claim_and_do(self, errand: str) -> None:
        if claimed := searches.claim(errand):
            order, user_id = claimed
            searches.finish(errand, user_id, search_in_child(order, self._over, self._target, self._timeout_s))


def search_in_child(
    order: SearchOrder, over: threading.Event, target: Target = run_search, timeout_s: float = SEARCH_S
) -> SearchResult:
    """Searches in a process, blocking at most `timeout_s` or until `over`; ends the process in any case."""
    try:
        result: SearchResult = in_child(target, order, over, timeout_s)
        return result
    except ErrandTooLong:
        return SearchResult(reason=Reason.SEARCH_TOO_LONG.said(within_s=timeout_s))
    except ErrandEnded:
        return SearchResult(reason=Reason.SEARCH_ENDED.said())
