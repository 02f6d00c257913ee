"""A bell that wakes one sleeping loop, once however often it rings."""

from __future__ import annotations

import asyncio


class Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Waits until the bell rings, or for `timeout_s`; returns whether it rang."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def hush(self) -> None:
        """Forgets that it rang; whoever calls this looks right afterwards."""
        self._rung.clear()
