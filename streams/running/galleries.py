"""Keeps this worker's gallery as new as the database's: by a doorbell, and by a look at the version every 2 s.

It lies once in memory that the children map; they are told how far it goes. Somebody who leaves the gallery, is
renamed, or has a photo taken away is gone with the next look. People and photos that are only added come at once, too,
unless many come: each time every camera looks anew for everybody before it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from people.gallery.by_the_clock import note_bases_by_the_clock
from people.gallery.changes import changes_since, current_stamp
from people.gallery.engines import active_engine, usable_engine
from people.gallery.renewing import StampedGallery, newest_gallery, without_wear
from people.gallery.thresholds import DecisionThresholds
from streams.pipeline.messages import UseGallery
from streams.wire.bell import Bell
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

# 2 s: the longest time that a retired person is still recognised if every doorbell is lost, or one whose basis ends.
LOOK_EVERY_S = 2.0
# Additions come at once five times within 20 s; while a folder of thousands is enrolled, so many times and no more.
MOST_ADDITIONS, ADDITIONS_S = 5, 20.0


class GalleryKeeper:
    """Keeps `current`, None until the first gallery is loaded, and calls `changed` with each new gallery."""

    def __init__(self, changed: Callable[[UseGallery], None]) -> None:
        self.current: UseGallery | None = None
        self.bell = Bell()
        self._changed = changed
        self._stamped: StampedGallery | None = None
        self._loaded_at: deque[float] = deque(maxlen=MOST_ADDITIONS)
        self._database = DatabaseThread("gallery")
        self._renewal: asyncio.Task[StampedGallery] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            # The thread logs that the database is away; the children go on with the gallery that they have.
            with suppress(*UNREACHABLE):
                await self.look()
            await self.bell.wait(LOOK_EVERY_S)

    async def look(self) -> None:
        """Loads the gallery if the database has a newer one; additions wait while many come."""
        is_renewed = self._take_renewal()
        if not is_renewed and not await self._database.call(self._is_wanted):
            return
        new, active = await self._database.call(self._load)
        self._loaded_at.append(monotonic())
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
        if self._stamped and self._stamped.ledger.is_worn and self._renewal is None:
            self._renewal = asyncio.create_task(asyncio.to_thread(without_wear, self._stamped))
            self._renewal.add_done_callback(lambda _task: self.bell.ring())

    async def close(self) -> None:
        await self._database.close()
        if self._renewal:
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _take_renewal(self) -> bool:
        """Goes on with the gallery without wear if it has been made meanwhile; a million people take some seconds."""
        task = self._renewal
        if task is None or not task.done():
            return False
        self._renewal = None
        known, new = self._stamped, task.result()
        # After a switch of the engine the worn gallery is not in use any more.
        if known is None or known.gallery.engine != new.gallery.engine:
            return False
        self._stamped = new
        return True

    def _is_wanted(self) -> bool:
        """Returns whether the database has a newer gallery that cannot wait."""
        known = self._stamped
        if known is None:
            return True
        note_bases_by_the_clock()
        if current_stamp() == known.stamp:
            known.ledger.blank_gone()
            return False
        many = len(self._loaded_at) == MOST_ADDITIONS and monotonic() - self._loaded_at[0] < ADDITIONS_S
        changes = changes_since(known.stamp) if many else None
        return changes is None or not changes.only_added

    def _load(self) -> tuple[UseGallery, str]:
        """Returns the gallery of this worker's engine, and the engine that the site uses.

        It loads the gallery first, and that reads its version before everything else. So the next look loads again
        what changes in between.
        """
        engine = usable_engine()
        self._stamped = newest_gallery(engine, self._stamped)
        thresholds = DecisionThresholds.objects.in_force(engine)
        return UseGallery(self._stamped.gallery, self._stamped.names, thresholds), active_engine()
