"""The schedule at one moment: for how long each kind of data is kept, and what is therefore older than it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from people.records.keeping_term import KeptKind, terms
from streams.records.camera_keeping import CameraKeeping

Days = Mapping[str, int | None]
"""Days by kind; None: for ever."""
OfCameras = Mapping[int, Mapping[str, int]]
"""By camera and kind, of cameras that differ."""


@dataclass(frozen=True, slots=True)
class KeepingSchedule:
    days: Days
    cameras: OfCameras
    now: datetime

    @classmethod
    def in_force(cls) -> KeepingSchedule:
        """Returns what holds now; two queries."""
        cameras = {row.pk: row.days() for row in CameraKeeping.objects.all()}
        return cls({term.kind: term.days for term in terms()}, cameras, timezone.now())

    def days_of(self, kind: KeptKind, camera: int | None = None) -> int | None:
        """Returns the days of one kind, of a camera those that hold for it."""
        own = self.cameras.get(camera, {}).get(kind) if camera is not None else None
        return self.days[kind] if own is None else own

    def before(self, kind: KeptKind, camera: int | None = None) -> datetime | None:
        """Returns the moment before which data of this kind is due; None: none ever is."""
        days = self.days_of(kind, camera)
        return None if days is None else self.now - timedelta(days=days)

    def due_at(self, kind: KeptKind, since: datetime | None, camera: int | None = None) -> datetime | None:
        """Returns when what counts since `since` becomes due; None: never."""
        days = self.days_of(kind, camera)
        return None if days is None or since is None else since + timedelta(days=days)

    def differing(self, kind: KeptKind) -> dict[int, int]:
        """Returns the days by camera, of cameras that have days of their own for this kind."""
        return {camera: days[kind] for camera, days in self.cameras.items() if kind in days}

    def shortens(self, kind: KeptKind, than: KeepingSchedule) -> bool:
        """Returns whether anything of this kind goes sooner than by the schedule `than`."""
        cameras = {*self.cameras, *than.cameras}
        pairs = [(self.days[kind], than.days[kind])]
        pairs += [(self.days_of(kind, camera), than.days_of(kind, camera)) for camera in cameras]
        return any(now is not None and (before is None or now < before) for now, before in pairs)
