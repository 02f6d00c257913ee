"""Keeps the gallery of a video's child as new as the database's: an analysis takes hours, and people leave."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.connection import Connection

from people.gallery.by_the_clock import note_bases_by_the_clock
from people.gallery.changes import current_stamp
from people.gallery.renewing import StampedGallery, newest_gallery, without_wear
from people.gallery.thresholds import DecisionThresholds
from streams.pipeline.child.orders import send
from streams.pipeline.messages import UseGallery

LOOK_EVERY_S = 2.0
"""As for cameras: whoever leaves the gallery is named in no video from then on."""


class VideoGallery:
    """The gallery of one analysis, by one engine from its beginning to its end. One thread uses it."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._known: StampedGallery | None = None
        self._looked_s = 0.0

    def tell(self, pipe: Connection) -> int:
        """Tells the child whom to look for; returns the gallery's version."""
        self._looked_s = time.monotonic()
        self._known = newest_gallery(self._engine, self._known)
        if self._known.ledger.is_worn:
            self._known = without_wear(self._known)
        thresholds = DecisionThresholds.objects.in_force(self._engine)
        with suppress(OSError):  # the child has left already, and says why
            send(pipe, UseGallery(self._known.gallery, self._known.names, thresholds))
        return self._known.gallery.version

    def look(self, pipe: Connection) -> None:
        """Tells the child of a newer gallery, every LOOK_EVERY_S."""
        if self._known is None or time.monotonic() - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = time.monotonic()
        note_bases_by_the_clock()
        if current_stamp() == self._known.stamp:
            self._known.ledger.blank_gone()
        else:
            self.tell(pipe)
