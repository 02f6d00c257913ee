"""The gallery of this process, as new as the database's: its version is asked for before every use."""

from __future__ import annotations

import threading
from datetime import datetime

from people.gallery import load_gallery
from people.models import GalleryVersion
from people.recognition.gallery import Gallery

Stamp = tuple[int, datetime] | None
"""Version and time of its last change: after a restored backup a version can come a second time. None: no row."""


class GalleryInUse:
    """Loaded again only when its version or engine is another one. Safe to be shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Stamp, Gallery] | None = None

    def get(self, engine: str) -> Gallery:
        """The gallery made by `engine`: whoever was removed before this call is not in it."""
        stamp = _stamp()
        loaded = self._of(stamp, engine)
        if loaded is None:
            with self._lock:  # one request loads, the others wait for it
                loaded = self._of(stamp, engine)
                if loaded is None:
                    loaded, _names = load_gallery(engine)
                    self._loaded = stamp, loaded
        return loaded

    def _of(self, stamp: Stamp, engine: str) -> Gallery | None:
        known = self._loaded
        return known[1] if known and known[0] == stamp and known[1].engine == engine else None


def _stamp() -> Stamp:
    return GalleryVersion.objects.filter(pk=1).values_list("version", "changed_at").first()


gallery_in_use = GalleryInUse()
