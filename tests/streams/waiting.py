"""Waiting for what happens in other processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


async def until(holds: Callable[[], Any], timeout_s: float = 20.0) -> None:
    """Wait until `holds()`; AssertionError after `timeout_s`."""
    for _ in range(int(timeout_s / 0.05)):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"did not happen within {timeout_s:.0f} s")
