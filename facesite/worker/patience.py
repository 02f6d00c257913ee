"""Tolerates a failing channel layer for a while, so that a restart of Redis does not end all workers."""

from __future__ import annotations

import asyncio
import logging
import time

logger = logging.getLogger(__name__)

# 30 s: a fail-over of a managed Redis takes about 20 s. Doorbells get lost meanwhile, and sweeps replace them.
LIMIT_S = 30.0
PAUSE_S = 1.0


class Patience:
    def __init__(self, what: str) -> None:
        self._what = what
        self._failing_since: float | None = None

    async def bear(self, error: Exception) -> None:
        """Waits PAUSE_S after `error`; raises it if nothing has worked for LIMIT_S."""
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            logger.warning("%s fails: %s", self._what, type(error).__name__)
        if now - self._failing_since >= LIMIT_S:
            raise error
        await asyncio.sleep(PAUSE_S)

    def relieve(self) -> None:
        """Records that the channel layer works."""
        if self._failing_since is not None:
            self._failing_since = None
            logger.info("%s works again", self._what)
