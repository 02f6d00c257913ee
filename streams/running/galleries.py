"""Keeps the gallery of this worker as new as the database's: a doorbell, and a look at the version every 2 s."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from people.gallery import current_version, load_gallery
from people.recognition.engine import engine_key
from streams.pipeline.messages import UseGallery
from streams.running.bell import Bell
from streams.running.database import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

# 2 s: the longest time that a retired person is still recognised when every doorbell is lost.
LOOK_EVERY_S = 2.0


class GalleryKeeper:
    """`current` is None until the first gallery is loaded; `changed` is called with each new one."""

    def __init__(self, changed: Callable[[UseGallery], None]) -> None:
        self.current: UseGallery | None = None
        self.bell = Bell()
        self._changed = changed
        self._database = DatabaseThread("gallery")

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            # Unreachable is noted by the thread; the children go on with the gallery that they have.
            with suppress(*UNREACHABLE):
                await self.look()
            await self.bell.wait(LOOK_EVERY_S)

    async def look(self) -> None:
        """Load the gallery if its version is another one than that in use."""
        known = self.current.gallery.version if self.current else None
        if await self._database.call(current_version) == known:
            return
        gallery, names = await self._database.call(load_gallery, engine_key())
        self.current = UseGallery(gallery, names)
        logger.info("gallery version %d: %d people", gallery.version, len(gallery))
        self._changed(self.current)

    async def close(self) -> None:
        await self._database.close()
