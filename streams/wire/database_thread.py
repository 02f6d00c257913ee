"""A thread that calls the database for the event loop, one call after the other, on one connection.

Each concern of the worker (leases, recording, states, gallery) has its own thread: a slow recording must not delay
the renewal of a lease, and the event loop must wait for none of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

UNREACHABLE = (OperationalError, InterfaceError)
"""Errors of a database that is away, restarting or overloaded: the same call may work later."""


class DatabaseThread:
    """Call `await thread.call(function, …)`, and `await thread.close()` at the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"database-{name}")
        self._reachable = True

    async def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs `function` in the thread. Closes a broken connection, so that the next call makes a new one."""
        loop = asyncio.get_running_loop()
        try:
            result = await loop.run_in_executor(self._executor, lambda: _guarded(function, *args, **kwargs))
        except UNREACHABLE as error:
            self._note(reachable=False, why=type(error).__name__)
            raise
        self._note(reachable=True)
        return result

    async def close(self) -> None:
        """Closes the connection and ends the thread."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, connections.close_all)
        self._executor.shutdown(wait=False)

    def _note(self, *, reachable: bool, why: str = "") -> None:
        """Logs once when the database goes away, and once when it comes back."""
        if reachable is not self._reachable:
            self._reachable = reachable
            if reachable:
                logger.info("%s: the database is back", self.name)
            else:
                logger.warning("%s: the database does not answer (%s)", self.name, why)


def _guarded(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return function(*args, **kwargs)
    except UNREACHABLE:
        connections.close_all()
        raise
