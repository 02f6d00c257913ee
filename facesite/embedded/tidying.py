"""Runs `manage.py tidy` once a day beside a site that has no cron: what is too old must go there, too."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress

from facesite.env import ROOT

logger = logging.getLogger(__name__)

# 10 min: a machine that is switched off at night never runs for a whole day, and a start has enough to do.
FIRST_S, DAY_S = 600.0, 86_400.0
TIDY = (sys.executable, "manage.py", "tidy")


async def tidy_daily(command: Sequence[str] = TIDY, *, first_s: float = FIRST_S, every_s: float = DAY_S) -> None:
    """Runs `command` in a process of its own until it is cancelled; one that fails is tried again the next day."""
    await asyncio.sleep(first_s)
    while True:
        if code := await _ended(command):
            logger.error("the daily tidy ended with %s", code)
        await asyncio.sleep(every_s)


async def _ended(command: Sequence[str]) -> int:
    """Returns the exit code; a process that is not done when this is cancelled is told to end."""
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
    try:
        return await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
            await process.wait()
