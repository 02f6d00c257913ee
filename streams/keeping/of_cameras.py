"""What cameras see: sightings, and the pictures and encodings of them. Some cameras have days of their own.

Sightings are looked for by camera, so that what one camera keeps for longer is never passed on the way to what is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Min, OuterRef, Q, Subquery
from django.utils import timezone

from people.records.keeping_term import KeptKind
from streams.keeping.keeper import MOST_COUNTED, Oldest, counted
from streams.keeping.schedule import KeepingSchedule
from streams.records.camera import Camera
from streams.records.detection import FOOTAGE, HAS_FOOTAGE, Detection, DetectionQuerySet
from streams.records.discarded import REMEMBERED, DiscardedSighting
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.sighting_encoding import SightingEncoding, SightingEncodingQuerySet
from streams.sightings.retention import forget_encodings, forget_sightings, forget_stored
from streams.strangers.retention import forget_strangers


@dataclass(frozen=True, slots=True)
class SightingsKeeper:
    kind: KeptKind
    is_of: Q
    """Whose sightings these are."""

    def due(self, schedule: KeepingSchedule) -> int:
        number = 0
        for rows in self._due(schedule):
            number += counted(rows)
            if number >= MOST_COUNTED:
                return MOST_COUNTED
        return number

    def forget(self, schedule: KeepingSchedule) -> int:
        DiscardedSighting.objects.filter(at__lt=timezone.now() - REMEMBERED).delete()
        return sum(forget_sightings(rows) for rows in self._due(schedule))

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        rows = Sighting.objects.filter(self.is_of, camera=OuterRef("pk")).order_by("last_seen_at")
        cameras = Camera.objects.order_by().annotate(oldest=Subquery(rows.values("last_seen_at")[:1]))
        found = cameras.exclude(oldest=None).values_list("pk", "oldest")
        return Oldest.of(Oldest(at, schedule.due_at(self.kind, at, camera)) for camera, at in found)

    def _due(self, schedule: KeepingSchedule) -> Iterator[SightingQuerySet]:
        for camera in Camera.objects.order_by("pk").values_list("pk", flat=True):
            if before := schedule.before(self.kind, camera):
                yield Sighting.objects.filter(self.is_of, camera=camera, last_seen_at__lt=before)


class SnapshotsKeeper:
    kind = KeptKind.SNAPSHOTS

    def due(self, schedule: KeepingSchedule) -> int:
        rows = self._due(schedule)
        return 0 if rows is None else counted(rows)

    def forget(self, schedule: KeepingSchedule) -> int:
        rows = self._due(schedule)
        return 0 if rows is None else forget_stored(rows, ["snapshot"])

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        at = Detection.objects.filter(~Q(snapshot="")).order_by().aggregate(at=Min("captured_at"))["at"]
        return Oldest(at, schedule.due_at(self.kind, at))

    def _due(self, schedule: KeepingSchedule) -> DetectionQuerySet | None:
        before = schedule.before(self.kind)
        return Detection.objects.filter(~Q(snapshot=""), captured_at__lt=before) if before else None


class FootageKeeper:
    """Whole frames and clips. A run passes once over those that some cameras keep for longer than others."""

    kind = KeptKind.FOOTAGE

    def due(self, schedule: KeepingSchedule) -> int:
        return min(MOST_COUNTED, sum(counted(rows) for rows in self._due(schedule)))

    def forget(self, schedule: KeepingSchedule) -> int:
        return sum(forget_stored(rows, FOOTAGE) for rows in self._due(schedule))

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        rows = Detection.objects.filter(HAS_FOOTAGE).order_by()
        if not schedule.differing(self.kind):
            at = rows.aggregate(at=Min("captured_at"))["at"]
            return Oldest(at, schedule.due_at(self.kind, at))
        found = rows.values_list("sighting__camera").annotate(at=Min("captured_at"))
        return Oldest.of(Oldest(at, schedule.due_at(self.kind, at, camera)) for camera, at in found)

    def _due(self, schedule: KeepingSchedule) -> Iterator[DetectionQuerySet]:
        differing = schedule.differing(self.kind)
        rows = Detection.objects.filter(HAS_FOOTAGE)
        if before := schedule.before(self.kind):
            usual = rows.filter(captured_at__lt=before)
            yield usual.exclude(sighting__camera__in=list(differing)) if differing else usual
        for camera, days in differing.items():
            yield rows.filter(captured_at__lt=schedule.now - timedelta(days=days), sighting__camera=camera)


class EncodingsKeeper:
    """Encodings of sightings, and of the strangers that were made of these."""

    kind = KeptKind.ENCODINGS

    def due(self, schedule: KeepingSchedule) -> int:
        return counted(self._due(schedule))

    def forget(self, schedule: KeepingSchedule) -> int:
        encodings = forget_encodings(self._due(schedule))
        means, _ = forget_strangers()
        return encodings + means

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        at = SightingEncoding.objects.aggregate(at=Min("sighting__last_seen_at"))["at"]
        return Oldest(at, schedule.due_at(self.kind, at))

    def _due(self, schedule: KeepingSchedule) -> SightingEncodingQuerySet:
        before = schedule.before(self.kind)
        return SightingEncoding.objects.seen_before(before) if before else SightingEncoding.objects.none()
