"""Threads for requests that outlive them, so that a request finds the database connection of an earlier one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

MOST_IDLE = 8
"""Idle threads that are kept, each with a connection; with more requests at once, the others end after theirs."""
IDLE_S = 30.0
"""An idle thread ends after this time, and gives its connection back to the database server."""


class RequestThreads:
    """An ASGI application that runs each request's synchronous code in a thread of its own, lent from idle ones.

    Django makes a thread for every request, whose connection ends with it: 1.6 ms for the site and a new process for
    Postgres, twice for a picture. A lent thread keeps it (CONN_MAX_AGE), and is back only when nothing runs in it.
    """

    def __init__(self, app: App, *, most_idle: int = MOST_IDLE, idle_s: float = IDLE_S) -> None:
        self._app, self._most_idle, self._idle_s = app, most_idle, idle_s
        self._idle: deque[tuple[ThreadPoolExecutor, float]] = deque()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        thread = self._lent()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._app(scope, receive, send)
        finally:
            # In the thread itself: what a client left behind that has gone away may still run there.
            thread.submit(self._take_back, thread)

    def _lent(self) -> ThreadPoolExecutor:
        # The one that was used last: in quiet hours one thread serves every request, and the others end.
        try:
            return self._idle.pop()[0]
        except IndexError:
            return ThreadPoolExecutor(1, thread_name_prefix="request")

    def _take_back(self, thread: ThreadPoolExecutor) -> None:
        self._idle.append((thread, time.monotonic()))
        while self._has_surplus():
            try:
                surplus, _ = self._idle.popleft()
            except IndexError:  # all were lent meanwhile
                return
            surplus.submit(connections.close_all)
            surplus.shutdown(wait=False)

    def _has_surplus(self) -> bool:
        try:
            longest_idle_since = self._idle[0][1]
        except IndexError:
            return False
        return len(self._idle) > self._most_idle or time.monotonic() - longest_idle_since > self._idle_s
