"""Messages of a camera child that the event loop has not read yet; it stays small however long the loop is busy.

The reader thread puts, the loop takes. The inbox keeps only the newest overlay and the newest heartbeat. It never
drops sightings: the reader waits, the pipe fills, and the child drops overlays at its own end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from streams.pipeline.messages import Footage, FromChild, GaveUp, Heartbeat, Overlay, SightingChange

# 256: if one camera reports so many sightings in one turn of the loop, the loop hangs.
MOST_SIGHTINGS = 256
# 8 whole frames or clips are some megabytes.
MOST_FOOTAGE = 8


class Inbox:
    """Holds one child's messages; calls `ring`, in the putting thread, when one comes into the empty inbox."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.overlays_dropped = 0
        self._ring = ring
        self._room = threading.Condition()
        self._heartbeat: Heartbeat | None = None
        self._overlay: Overlay | None = None
        self._sightings: list[SightingChange | Footage | GaveUp] = []
        self._closed = False

    def put(self, message: FromChild) -> None:
        """Keeps `message` for the loop; waits while there are too many sightings and what is kept beside them."""
        with self._room:
            was_empty = self._is_empty()
            if isinstance(message, Overlay):
                self._put_overlay(message)
            elif isinstance(message, Heartbeat):
                self._heartbeat = message
            else:
                most = MOST_FOOTAGE if isinstance(message, Footage) else MOST_SIGHTINGS
                self._room.wait_for(lambda: self._closed or len(self._sightings) < most)
                was_empty = self._is_empty()
                self._sightings.append(message)
        if was_empty:
            self._ring()

    def take(self) -> list[FromChild]:
        """Returns all messages: sightings and footage in their order, then the newest heartbeat and overlay."""
        with self._room:
            taken: list[FromChild] = [*self._sightings]
            taken += [message for message in (self._heartbeat, self._overlay) if message is not None]
            self._sightings, self._heartbeat, self._overlay = [], None, None
            self._room.notify_all()
        return taken

    def close(self) -> None:
        """Lets a waiting reader go on, because nobody will take messages any more."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def _put_overlay(self, overlay: Overlay) -> None:
        """Keeps the newer overlay; the picture of the older one is lost with it."""
        self.overlays_dropped += self._overlay is not None
        self._overlay = overlay

    def _is_empty(self) -> bool:
        return not self._sightings and self._heartbeat is None and self._overlay is None
