"""The gallery of this process, kept as new as the database's by asking for its version before every use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from time import monotonic

from people.accounts.limits import Limits
from people.gallery.by_the_clock import note_bases_by_the_clock
from people.gallery.changes import Stamp, current_stamp
from people.gallery.renewing import StampedGallery, newest_gallery
from people.recognition.gallery.gallery import Gallery
from people.records.groups import ids_within

# 100 MB for all galleries that limits make, together; the one that was unused for longest goes first.
MOST_TEMPLATES = 200_000
# 1 s: with the 0.1 ms that it takes, a thousandth of a busy process.
LOOK_EVERY_S = 1.0


class GalleryInUse:
    """Loads the gallery again only when its version or engine is another one. Threads can share it."""

    def __init__(self, *, most_templates: int = MOST_TEMPLATES) -> None:
        self._lock = threading.Lock()
        self._loaded: StampedGallery | None = None
        self._parts: OrderedDict[tuple[Stamp, str, Limits], Gallery] = OrderedDict()
        self._most_templates = most_templates
        self._looked_s = float("-inf")

    def get(self, engine: str, *, within: Limits = ()) -> Gallery:
        """Returns the gallery made by `engine`, of the people `within` the limits.

        A person who was removed from the gallery or from a group before this call is not in it, and nor is one whose
        basis ended LOOK_EVERY_S ago: also where no worker runs, which would write that down.
        """
        self._look_at_the_clock()
        stamp = current_stamp()
        whole = self._of(stamp, engine)
        if whole is None:
            with self._lock:  # one request loads, the others wait for it
                whole = self._of(stamp, engine)
                if whole is None:
                    self._loaded = newest_gallery(engine, self._loaded)
                    stamp, whole = self._loaded.stamp, self._loaded.gallery
        return self._part(stamp, whole, within) if within else whole

    def _look_at_the_clock(self) -> None:
        now_s = monotonic()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            note_bases_by_the_clock()

    def _of(self, stamp: Stamp, engine: str) -> Gallery | None:
        known = self._loaded
        return known.gallery if known and known.stamp == stamp and known.gallery.engine == engine else None

    def _part(self, stamp: Stamp, whole: Gallery, within: Limits) -> Gallery:
        key = (stamp, whole.engine, within)
        with self._lock:
            part = self._parts.pop(key, None)
            if part is None:
                part = whole.only(ids_within(within))
            self._parts[key] = part
            self._forget(stamp)
        return part

    def _forget(self, stamp: Stamp) -> None:
        """Drops galleries of other versions, and then the longest unused ones, until the others fit."""
        for key in [key for key in self._parts if key[0] != stamp]:
            del self._parts[key]
        while len(self._parts) > 1 and sum(1 + len(part) for part in self._parts.values()) > self._most_templates:
            self._parts.popitem(last=False)


gallery_in_use = GalleryInUse()
