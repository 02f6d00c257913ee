"""The queue of messages out of a camera child: its reader may be slow, and it drops pictures before facts."""

from __future__ import annotations

from collections import deque
from multiprocessing.connection import Connection
from threading import Condition, Thread

from streams.pipeline.messages import Footage, Heartbeat, Overlay, SightingChange, ToParent

OVERLAYS_AT_MOST = 4
"""Half a second of overlays at 8 a second; nobody needs older ones."""
FOOTAGE_BYTES = 8_000_000
"""What may wait of whole frames and clips: some 80 frames."""


class PipeOutbox(Thread):
    """Writes to the pipe from a thread of its own, so that a full pipe never stops recognition.

    It drops overlays and footage, oldest first, and counts them. It keeps only the newest heartbeat. It keeps sighting
    changes for as long as it takes.
    """

    def __init__(self, pipe: Connection) -> None:
        super().__init__(name="outbox", daemon=True)
        self._pipe = pipe
        self._facts: deque[SightingChange] = deque()
        self._heartbeat: Heartbeat | None = None
        self._overlays: deque[Overlay] = deque()
        self._footage: deque[Footage] = deque()
        self._footage_bytes = self.footage_dropped = 0
        self._changed = Condition()
        self._closing = False
        self.overlays_dropped = 0
        self.broken = False
        """Whether the other end is gone."""

    def put(self, message: ToParent) -> None:
        with self._changed:
            if isinstance(message, SightingChange):
                self._facts.append(message)
            elif isinstance(message, Heartbeat):
                self._heartbeat = message
            elif isinstance(message, Footage):
                self._put_footage(message)
            else:
                self._put_overlay(message)
            self._changed.notify()

    def _put_overlay(self, overlay: Overlay) -> None:
        self._overlays.append(overlay)
        if len(self._overlays) > OVERLAYS_AT_MOST:
            self._overlays.popleft()
            self.overlays_dropped += 1

    def _put_footage(self, footage: Footage) -> None:
        self._footage.append(footage)
        self._footage_bytes += len(footage.content)
        while self._footage_bytes > FOOTAGE_BYTES:
            self._next_footage()
            self.footage_dropped += 1

    def _next_footage(self) -> Footage:
        footage = self._footage.popleft()
        self._footage_bytes -= len(footage.content)
        return footage

    def run(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._pipe.send(message)
            except OSError:  # the parent is gone; nobody reads any more
                self.broken = True
                return

    def close(self, timeout_s: float) -> None:
        """Sends the queued facts, heartbeat and footage, drops queued overlays, and waits at most `timeout_s`."""
        with self._changed:
            self._closing = True
            self._overlays.clear()
            self._changed.notify()
        self.join(timeout_s)

    def _next(self) -> ToParent | None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._facts or self._heartbeat or self._footage or self._overlays or self._closing
            )
            if self._facts:
                return self._facts.popleft()
            if self._heartbeat:
                heartbeat, self._heartbeat = self._heartbeat, None
                return heartbeat
            if self._footage:
                return self._next_footage()
            return self._overlays.popleft() if self._overlays else None
