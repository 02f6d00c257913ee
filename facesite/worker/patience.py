"""How long a channel layer may fail before it counts as gone: a Redis that restarts must not end all workers."""

from __future__ import annotations

import asyncio
import logging
import time

logger = logging.getLogger(__name__)

# 30 s: a fail-over of a managed Redis takes some 20 s. Meanwhile doorbells are lost and sweeps do their work.
LIMIT_S = 30.0
PAUSE_S = 1.0


class Patience:
    def __init__(self, what: str) -> None:
        self._what = what
        self._failing_since: float | None = None

    async def bear(self, error: Exception) -> None:
        """Wait a moment after `error`; raises it when there was nothing but errors for LIMIT_S."""
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            logger.warning("%s fails: %s", self._what, type(error).__name__)
        if now - self._failing_since >= LIMIT_S:
            raise error
        await asyncio.sleep(PAUSE_S)

    def relieve(self) -> None:
        """It works."""
        if self._failing_since is not None:
            self._failing_since = None
            logger.info("%s works again", self._what)
