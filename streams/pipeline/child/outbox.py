"""What goes out of a camera child: a queue whose reader may be slow, and that loses pictures before facts."""

from __future__ import annotations

from collections import deque
from multiprocessing.connection import Connection
from threading import Condition, Thread

from streams.pipeline.messages import Heartbeat, Overlay, SightingChange, ToParent

OVERLAYS_AT_MOST = 4
"""Half a second of pictures at 8 a second; older ones are of no use to anybody."""


class PipeOutbox(Thread):
    """Writes to the pipe from a thread of its own, so that a full pipe never stops recognition.

    Overlays are dropped, oldest first, and counted. Of heartbeats only the newest waits. Sighting changes are
    kept for as long as it takes.
    """

    def __init__(self, pipe: Connection) -> None:
        super().__init__(name="outbox", daemon=True)
        self._pipe = pipe
        self._facts: deque[SightingChange] = deque()
        self._heartbeat: Heartbeat | None = None
        self._overlays: deque[Overlay] = deque()
        self._changed = Condition()
        self._closing = False
        self.overlays_dropped = 0
        self.broken = False
        """The other end is gone."""

    def put(self, message: ToParent) -> None:
        with self._changed:
            if isinstance(message, SightingChange):
                self._facts.append(message)
            elif isinstance(message, Heartbeat):
                self._heartbeat = message
            else:
                self._overlays.append(message)
                if len(self._overlays) > OVERLAYS_AT_MOST:
                    self._overlays.popleft()
                    self.overlays_dropped += 1
            self._changed.notify()

    def run(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._pipe.send(message)
            except OSError:  # the parent is gone; nobody is left to hear anything
                self.broken = True
                return

    def close(self, timeout_s: float) -> None:
        """Send what is queued, but wait no longer than `timeout_s` for it."""
        with self._changed:
            self._closing = True
            self._overlays.clear()
            self._changed.notify()
        self.join(timeout_s)

    def _next(self) -> ToParent | None:
        with self._changed:
            self._changed.wait_for(lambda: self._facts or self._heartbeat or self._overlays or self._closing)
            if self._facts:
                return self._facts.popleft()
            if self._heartbeat:
                heartbeat, self._heartbeat = self._heartbeat, None
                return heartbeat
            return self._overlays.popleft() if self._overlays else None
