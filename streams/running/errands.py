"""The worker's side of errands: it does each one in a process of its own and ends one that takes too long."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from streams.running import forking

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2


class ErrandTooLong(Exception):
    """The process did not answer in time, or the worker is ending."""


class ErrandEnded(Exception):
    """The process ended without an answer."""


class ErrandRunner(ABC):
    """Call `take(…)` from the worker's event loop at any time, and `await close()` at the end."""

    def __init__(self, at_once: int) -> None:
        """`at_once`: a further errand waits, and its page says that no worker has come yet."""
        self._over = threading.Event()
        self._free = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()

    def take(self, errand: str) -> None:
        task = asyncio.get_running_loop().create_task(self._try(errand))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Abandons the errands that run, and ends their processes."""
        self._over.set()
        await asyncio.gather(*self._running)

    async def _try(self, errand: str) -> None:
        async with self._free:
            try:
                await asyncio.to_thread(self._claim_and_do, errand)
            except Exception:  # the cache's own errors: the page says that nothing came, and cameras go on
                logger.warning("an errand could not be done", exc_info=True)

    @abstractmethod
    def _claim_and_do(self, errand: str) -> None:
        """Does the errand if nobody else has taken it. Runs in a thread."""


def in_child(target: Callable[[Any, Any], None], order: Any, over: threading.Event, timeout_s: float) -> Any:
    """Returns what `target` sends from a process of its own, which is ended in any case.

    Blocks at most `timeout_s` or until `over`. Raises ErrandTooLong and ErrandEnded.
    """
    context = forking.children()
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=target, args=(order, theirs), name=target.__name__, daemon=True)
    forking.start(child)
    theirs.close()
    try:
        until = time.monotonic() + timeout_s
        while not ours.poll(LOOK_EVERY_S):
            if over.is_set() or time.monotonic() > until:
                raise ErrandTooLong
        return ours.recv()
    except EOFError:
        raise ErrandEnded from None
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
