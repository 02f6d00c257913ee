"""The queue of sightings to record: in order, one entry per sighting, bounded, and kept while the database is away.

A change holds the whole state of a sighting, so a later one replaces an earlier one that still waits. Only the
detections of both are kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from streams.pipeline.messages import Footage, NewDetection, SightingChange

logger = logging.getLogger(__name__)

MOST_DETECTIONS = 6
"""Detections kept per waiting sighting: as many as a sighting has in normal times."""
# 20,000: an hour of 20 cameras with a sighting every 4 s; about 1 KB each.
MOST_SIGHTINGS = 20_000
# 64 MB: some 4,000 snapshots. Beyond that, the oldest sightings keep their facts and lose their snapshots.
MOST_SNAPSHOT_BYTES = 64_000_000
# 32 MB: some 400 whole frames. Beyond that, the oldest are lost, before any snapshot is.
MOST_FOOTAGE_BYTES = 32_000_000


@dataclass(slots=True)
class PendingSighting:
    """A change to record, and the names of its snapshots that are stored already."""

    camera_id: int
    change: SightingChange
    snapshots: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PendingFootage:
    """A whole frame or clip to store. It waits behind the change that tells its look, and so it finds the row."""

    camera_id: int
    footage: Footage


@dataclass(slots=True)
class CloseOpen:
    """Asks to end the sightings of this camera that are open in the database, because no child continues them."""

    camera_id: int
    begun_before: datetime | None = None
    """Leaves those that begin later to the worker that has the camera by then; None: all of them end."""


Entry = PendingSighting | PendingFootage | CloseOpen


class SightingOutbox:
    def __init__(
        self,
        most_sightings: int = MOST_SIGHTINGS,
        most_snapshot_bytes: int = MOST_SNAPSHOT_BYTES,
        most_footage_bytes: int = MOST_FOOTAGE_BYTES,
    ) -> None:
        self.sightings_dropped = self.snapshots_dropped = self.footage_dropped = 0
        self._most_sightings, self._most_snapshot_bytes = most_sightings, most_snapshot_bytes
        self._most_footage_bytes = most_footage_bytes
        self._entries: OrderedDict[UUID, Entry] = OrderedDict()
        self._snapshot_bytes = self._footage_bytes = 0
        self._footage: deque[UUID] = deque()
        """Keys of the entries that are footage, oldest first."""
        self._there = asyncio.Event()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, camera_id: int, change: SightingChange) -> None:
        waiting = self._entries.get(change.id)
        if isinstance(waiting, PendingSighting):
            self._snapshot_bytes -= _size(waiting.change)
            waiting.change = _merged(waiting.change, change)
            self._snapshot_bytes += _size(waiting.change)
        else:
            self._entries[change.id] = PendingSighting(camera_id, change)
            self._snapshot_bytes += _size(change)
        self._keep_bounds()
        self._there.set()

    def put_footage(self, camera_id: int, footage: Footage) -> None:
        """Takes a whole frame or clip; drops the oldest ones if too much waits."""
        key = uuid4()
        self._entries[key] = PendingFootage(camera_id, footage)
        self._footage.append(key)
        self._footage_bytes += len(footage.content)
        while self._footage_bytes > self._most_footage_bytes:
            self._drop(self._footage[0])
        self._keep_bounds()
        self._there.set()

    def close_open(self, camera_id: int, begun_before: datetime | None = None) -> None:
        """Ends the camera's open sightings. Call it when a child is gone, before messages of the next child."""
        for entry in self._entries.values():
            if isinstance(entry, PendingSighting) and entry.camera_id == camera_id:
                entry.change = replace(entry.change, ended=True)
        self._entries[uuid4()] = CloseOpen(camera_id, begun_before)
        self._there.set()

    async def take(self) -> Entry:
        """Takes the oldest entry; waits until there is one."""
        while not self._entries:
            self._there.clear()
            await self._there.wait()
        return self._remove(next(iter(self._entries)))

    def _remove(self, key: UUID) -> Entry:
        entry = self._entries.pop(key)
        if isinstance(entry, PendingSighting):
            self._snapshot_bytes -= _size(entry.change)
        elif isinstance(entry, PendingFootage):
            self._footage.remove(key)
            self._footage_bytes -= len(entry.footage.content)
        return entry

    def _drop(self, key: UUID) -> None:
        if isinstance(self._remove(key), PendingFootage):
            self.footage_dropped += 1
        else:
            self.sightings_dropped += 1
            logger.error("%d sightings wait for the database; the oldest was dropped", self._most_sightings)

    def _keep_bounds(self) -> None:
        if self._snapshot_bytes > self._most_snapshot_bytes:
            self._drop_oldest_snapshots()
        if len(self._entries) > self._most_sightings:
            self._drop(next(iter(self._entries)))

    def _drop_oldest_snapshots(self) -> None:
        for entry in self._entries.values():
            if self._snapshot_bytes <= self._most_snapshot_bytes:
                return
            if isinstance(entry, PendingSighting) and (size := _size(entry.change)):
                detections = tuple(replace(item, snapshot=b"") for item in entry.change.detections)
                entry.change = replace(entry.change, detections=detections)
                self._snapshot_bytes -= size
                self.snapshots_dropped += len(detections)


def _merged(before: SightingChange, after: SightingChange) -> SightingChange:
    """Returns the later change with the best detections of both and the newest encoding; ended stays ended."""
    best = sorted((*before.detections, *after.detections), key=_worth, reverse=True)[:MOST_DETECTIONS]
    detections = tuple(sorted(best, key=lambda item: item.captured_at))
    encoding = after.encoding or before.encoding
    return replace(after, ended=after.ended or before.ended, detections=detections, encoding=encoding)


def _worth(detection: NewDetection) -> float:
    return detection.quality


def _size(change: SightingChange) -> int:
    return sum(len(item.snapshot) for item in change.detections)
