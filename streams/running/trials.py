"""The worker's side of trying a source: it runs each trial in its own process and ends one that takes too long."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from streams.cameras import trials
from streams.pipeline.child.trial import TrialOrder, TrialResult, run_trial
from streams.pipeline.reasons import Reason

logger = logging.getLogger(__name__)

Target = Callable[[TrialOrder, Any], None]
# 25 s: 10 s to open, 5 s to read, a second to look, and the start of a process on a busy machine.
TRIAL_S = 25.0
LOOK_EVERY_S = 0.2
AT_ONCE = 2
"""Trials of one worker at a time; a further one waits, and its page says that no worker has come yet."""


class Trials:
    """Call `take(…)` from the worker's event loop at any time, and `await close()` at the end."""

    def __init__(self, target: Target = run_trial, timeout_s: float = TRIAL_S) -> None:
        self._target, self._timeout_s = target, timeout_s
        self._over = threading.Event()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()

    def take(self, trial: str) -> None:
        task = asyncio.get_running_loop().create_task(self._try(trial))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Abandons the trials that run, and ends their processes."""
        self._over.set()
        await asyncio.gather(*self._running)

    async def _try(self, trial: str) -> None:
        async with self._free:
            try:
                await asyncio.to_thread(self._claim_and_do, trial)
            except Exception:  # the cache's own errors: the page says that nothing came, and cameras go on
                logger.warning("a source could not be tested", exc_info=True)

    def _claim_and_do(self, trial: str) -> None:
        if claimed := trials.claim(trial):
            order, user_id = claimed
            trials.finish(trial, user_id, try_in_child(order, self._over, self._target, self._timeout_s))


def try_in_child(
    order: TrialOrder, over: threading.Event, target: Target = run_trial, timeout_s: float = TRIAL_S
) -> TrialResult:
    """Tries a source in a process, blocking at most `timeout_s` or until `over`; ends the process in any case."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=target, args=(order, theirs), name="trial", daemon=True)
    child.start()
    theirs.close()
    try:
        until = time.monotonic() + timeout_s
        while not ours.poll(LOOK_EVERY_S):
            if over.is_set() or time.monotonic() > until:
                return TrialResult(Reason.TRIAL_TOO_LONG.said(within_s=timeout_s))
        result: TrialResult = ours.recv()
        return result
    except EOFError:
        return TrialResult(Reason.TRIAL_ENDED.said())
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
