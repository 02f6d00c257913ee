"""What is asked of a measurement of cameras, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from facesite.lab.cameras.rtsp_server import BUSY, IDLE
from facesite.lab.cameras.stream_kinds import StreamKind

FACES, FRAMES, CLIPS = KEPT = ("faces", "frames", "clips")
"""Faces alone; whole frames, too, as new cameras do; clips of 10 s, too."""


@dataclass(frozen=True, slots=True)
class CamerasAsked:
    kind: StreamKind
    cameras: int
    busy: int
    kept: str = FRAMES
    """What cameras keep of a sighting beside faces: one of KEPT."""

    @property
    def names(self) -> list[str]:
        return [*self.busy_names, *self.idle_names]

    @property
    def busy_names(self) -> list[str]:
        return [f"{BUSY}-{n}" for n in range(self.busy)]

    @property
    def idle_names(self) -> list[str]:
        return [f"{IDLE}-{n}" for n in range(self.cameras - self.busy)]


@dataclass(slots=True)
class CameraTiming:
    """Milliseconds, processor cores and MB; None: there was nothing to measure it by."""

    cores: float = 0.0
    """Of the worker and its cameras' children."""
    server_cores: float = 0.0
    """Of the process that plays the cameras, on the same machine."""
    analysed_fps_min: float | None = None
    """Looks a second of the busy camera that had the fewest."""
    read_fps_min: float = 0.0
    """Pictures a second that the camera with the fewest has read: less than the film's means that it fell behind."""
    look_ms_p95: float | None = None
    """From a frame's capture until the worker heard of it, busy cameras."""
    event_ms_p95: float | None = None
    """The same of frames that began or changed a sighting."""
    wake_ms_p95: float | None = None
    """From the first picture with a visitor until the worker heard from the camera, awake."""
    visited: int = 0
    unseen: int = 0
    """Visitors, and people on busy cameras, of whom there is no sighting."""
    scenes: int = 0
    """People on busy cameras who were looked for among the sightings."""
    pss_mb_idle: float | None = None
    pss_mb_busy: float | None = None
    change_ms_p95: float | None = None
    """From the commit of a change in the gallery until every camera decides by it."""
    live_s: float = 0.0
    """From the worker's start until every camera was live."""
    mbit_s: dict[str, float] = field(default_factory=dict)
