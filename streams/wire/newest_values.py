"""The newest value per camera, for one task that takes them: a newer value replaces one not yet taken."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    def __init__(self) -> None:
        self.replaced = 0
        self._values: dict[int, T] = {}
        self._there = asyncio.Event()

    def put(self, camera_id: int, value: T) -> None:
        self.replaced += camera_id in self._values
        self._values[camera_id] = value
        self._there.set()

    async def take(self) -> dict[int, T]:
        """Takes all values by camera; waits until there is one."""
        await self._there.wait()
        self._there.clear()
        taken, self._values = self._values, {}
        return taken
