"""What one camera's child says while it is measured, and when a worker hears it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from streams.pipeline.messages import Heartbeat, Overlay, SightingChange, ToParent
from streams.pipeline.states import ChildState
from streams.running.publisher import Publisher
from streams.wire.shapes import CameraRef

AWAKE_WITHIN_S = 0.45
"""Two frames so near each other were looked at by a camera that is awake: a dozing one waits 0.5 s at least."""


@dataclass(frozen=True, slots=True)
class ToldSighting:
    """A sighting, as its camera told of it last."""

    first_seen_at: datetime
    last_seen_at: datetime
    person: str | None


@dataclass(slots=True)
class HeardCamera:
    heartbeat: Heartbeat | None = None
    began_s: float = 0.0
    """When counting began, in seconds since 1970."""
    looks: int = 0
    looks_ms: list[float] = field(default_factory=list)
    """From a frame's capture until the worker heard of it."""
    events_ms: list[float] = field(default_factory=list)
    """The same of frames that began or changed a sighting."""
    sightings: dict[UUID, ToldSighting] = field(default_factory=dict)
    versions: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=100))
    """Each new version of the gallery by which it decides, and when the worker heard so (monotonic)."""
    woken: list[tuple[float, float]] = field(default_factory=list)
    """Capture time of a frame soon after another, and when the worker heard of it, in seconds since 1970."""
    _last_look_s: float = 0.0

    @property
    def is_live(self) -> bool:
        return self.heartbeat is not None and self.heartbeat.state == ChildState.LIVE

    @property
    def version(self) -> int:
        return self.heartbeat.gallery_version if self.heartbeat else 0

    def hear(self, message: ToParent) -> None:
        now_s = time.time()
        if isinstance(message, Heartbeat):
            if message.gallery_version != self.version:
                self.versions.append((message.gallery_version, time.monotonic()))
            self.heartbeat = message
        elif isinstance(message, Overlay):
            self._look(message.captured_at.timestamp(), now_s)
        elif isinstance(message, SightingChange):
            self._change(message, now_s)

    def begin(self) -> None:
        """Counts anew from here."""
        self.began_s, self.looks = time.time(), 0
        self.looks_ms, self.events_ms = [], []

    def woken_after(self, moment_s: float) -> float | None:
        """Returns when the worker heard that the camera, awake, looked at a frame captured later than `moment_s`."""
        return next((heard_s for captured_s, heard_s in self.woken if captured_s >= moment_s), None)

    def saw(self, person: UUID | None, began_s: float, ended_s: float) -> bool:
        """Returns whether there was a sighting of this person (None: of somebody without a name) within this time."""
        return any(
            seen.first_seen_at.timestamp() <= ended_s
            and seen.last_seen_at.timestamp() >= began_s
            and seen.person == (str(person) if person else None)
            for seen in self.sightings.values()
        )

    def _look(self, captured_s: float, now_s: float) -> None:
        self.looks += 1
        self.looks_ms.append(1000 * (now_s - captured_s))
        if captured_s - self._last_look_s < AWAKE_WITHIN_S:
            self.woken.append((captured_s, now_s))
        self._last_look_s = captured_s

    def _change(self, change: SightingChange, now_s: float) -> None:
        self.sightings[change.id] = ToldSighting(change.first_seen_at, change.last_seen_at, change.person)
        if not change.ended:
            self.events_ms.append(1000 * (now_s - change.captured_at.timestamp()))


class ListeningPublisher(Publisher):
    """Passes everything on as a worker does, and keeps what is measured by the camera's slug."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.cameras: dict[str, HeardCamera] = {}

    def hear(self, camera_id: int, camera: CameraRef, message: ToParent) -> None:
        self.cameras.setdefault(camera["slug"], HeardCamera()).hear(message)
        super().hear(camera_id, camera, message)
