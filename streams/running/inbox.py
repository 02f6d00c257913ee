"""What a camera child has said and the event loop has not yet read: small however long the loop is busy.

The reader thread puts, the loop takes. Of overlays and heartbeats only the newest is kept; sightings are
never dropped: the reader waits, the pipe fills, and the child drops overlays at its own end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from streams.pipeline.messages import FromChild, GaveUp, Heartbeat, Overlay, SightingChange

# 256 sightings of one camera in one turn of the loop are a loop that hangs.
MOST_SIGHTINGS = 256


class Inbox:
    """`ring` is called, in the putting thread, when the first message comes into an empty inbox."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.overlays_dropped = 0
        self._ring = ring
        self._room = threading.Condition()
        self._heartbeat: Heartbeat | None = None
        self._overlay: Overlay | None = None
        self._sightings: list[SightingChange | GaveUp] = []
        self._closed = False

    def put(self, message: FromChild) -> None:
        """Keep `message` for the loop; waits while there are too many sightings."""
        with self._room:
            was_empty = self._is_empty()
            if isinstance(message, Overlay):
                self._put_overlay(message)
            elif isinstance(message, Heartbeat):
                self._heartbeat = message
            else:
                self._room.wait_for(lambda: self._closed or len(self._sightings) < MOST_SIGHTINGS)
                was_empty = self._is_empty()
                self._sightings.append(message)
        if was_empty:
            self._ring()

    def take(self) -> list[FromChild]:
        """All that is there: sightings in their order, then the newest heartbeat, then the newest overlay."""
        with self._room:
            taken: list[FromChild] = [*self._sightings]
            taken += [message for message in (self._heartbeat, self._overlay) if message is not None]
            self._sightings, self._heartbeat, self._overlay = [], None, None
            self._room.notify_all()
        return taken

    def close(self) -> None:
        """Nobody will take any more: a waiting reader goes on."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def _put_overlay(self, overlay: Overlay) -> None:
        """The newer one stays; a picture of the older is lost with it."""
        self.overlays_dropped += self._overlay is not None
        self._overlay = overlay

    def _is_empty(self) -> bool:
        return not self._sightings and self._heartbeat is None and self._overlay is None
