"""Keeps this worker's gallery as new as the database's: by a doorbell, and by a look at the version every 2 s."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from people.gallery.engines import active_engine, usable_engine
from people.gallery.stored import current_version, load_gallery
from people.gallery.thresholds import DecisionThresholds
from streams.pipeline.messages import UseGallery
from streams.wire.bell import Bell
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

# 2 s: the longest time that a retired person is still recognised if every doorbell is lost.
LOOK_EVERY_S = 2.0


class GalleryKeeper:
    """Keeps `current`, None until the first gallery is loaded, and calls `changed` with each new gallery."""

    def __init__(self, changed: Callable[[UseGallery], None]) -> None:
        self.current: UseGallery | None = None
        self.bell = Bell()
        self._changed = changed
        self._database = DatabaseThread("gallery")

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            # The thread logs that the database is away; the children go on with the gallery that they have.
            with suppress(*UNREACHABLE):
                await self.look()
            await self.bell.wait(LOOK_EVERY_S)

    async def look(self) -> None:
        """Loads the gallery if its version differs from the one in use."""
        known = self.current.gallery.version if self.current else None
        if await self._database.call(current_version) == known:
            return
        new, active = await self._database.call(_load)
        self.current, gallery = new, new.gallery
        logger.info("gallery version %d: %d people", gallery.version, len(gallery))
        if active != gallery.engine:
            logger.warning(
                "this worker runs engine %s and the site uses %s: only the %d people whose photos this engine has "
                "encoded are recognised here (docs/engine.md)",
                gallery.engine,
                active,
                len(gallery),
            )
        self._changed(new)

    async def close(self) -> None:
        await self._database.close()


def _load() -> tuple[UseGallery, str]:
    """Returns the gallery of this worker's engine, and the engine that the site uses.

    It loads the gallery first, and that reads its version before everything else. So the next look loads again what
    changes in between.
    """
    engine = usable_engine()
    gallery, names = load_gallery(engine)
    return UseGallery(gallery, names, DecisionThresholds.objects.in_force(engine)), active_engine()
