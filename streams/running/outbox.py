"""Visits that wait to be recorded: in order, one entry per visit, bounded, and kept while the database is away.

A change says the whole state of a visit, so a later one takes the place of an earlier one that still waits;
only the evidence of both is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from streams.pipeline.messages import Evidence, SightingChange

logger = logging.getLogger(__name__)

MOST_EVIDENCE = 6
"""Detections kept per waiting visit: as many as a visit has in quiet times."""
# An hour of 20 cameras with a visit every 4 s; about 1 KB each.
MOST_VISITS = 20_000
# 64 MB: some 4,000 snapshots. Beyond, the oldest visits keep their facts and lose their pictures.
MOST_SNAPSHOT_BYTES = 64_000_000


@dataclass(slots=True)
class Visit:
    """A change to be recorded, and the names under which its snapshots were stored already."""

    camera_id: int
    change: SightingChange
    snapshots: dict[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class CloseOpen:
    """End all visits of this camera that are open in the database: no child continues them."""

    camera_id: int


class Outbox:
    def __init__(self, most_visits: int = MOST_VISITS, most_snapshot_bytes: int = MOST_SNAPSHOT_BYTES) -> None:
        self.visits_dropped = 0
        self.snapshots_dropped = 0
        self._most_visits, self._most_snapshot_bytes = most_visits, most_snapshot_bytes
        self._entries: OrderedDict[UUID, Visit | CloseOpen] = OrderedDict()
        self._snapshot_bytes = 0
        self._there = asyncio.Event()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, camera_id: int, change: SightingChange) -> None:
        waiting = self._entries.get(change.id)
        if isinstance(waiting, Visit):
            self._snapshot_bytes -= _size(waiting.change)
            waiting.change = _merged(waiting.change, change)
            self._snapshot_bytes += _size(waiting.change)
        else:
            self._entries[change.id] = Visit(camera_id, change)
            self._snapshot_bytes += _size(change)
        self._keep_bounds()
        self._there.set()

    def close_open(self, camera_id: int) -> None:
        """To be said when a camera's child has gone, before what its next child says."""
        for entry in self._entries.values():
            if isinstance(entry, Visit) and entry.camera_id == camera_id:
                entry.change = replace(entry.change, ended=True)
        self._entries[uuid4()] = CloseOpen(camera_id)
        self._there.set()

    async def take(self) -> Visit | CloseOpen:
        """The oldest entry, as soon as there is one."""
        while not self._entries:
            self._there.clear()
            await self._there.wait()
        _, entry = self._entries.popitem(last=False)
        if isinstance(entry, Visit):
            self._snapshot_bytes -= _size(entry.change)
        return entry

    def _keep_bounds(self) -> None:
        if self._snapshot_bytes > self._most_snapshot_bytes:
            self._drop_oldest_snapshots()
        if len(self._entries) > self._most_visits:
            _, dropped = self._entries.popitem(last=False)
            self.visits_dropped += 1
            if isinstance(dropped, Visit):
                self._snapshot_bytes -= _size(dropped.change)
            logger.error("%d visits wait for the database; the oldest was dropped", self._most_visits)

    def _drop_oldest_snapshots(self) -> None:
        for entry in self._entries.values():
            if self._snapshot_bytes <= self._most_snapshot_bytes:
                return
            if isinstance(entry, Visit) and (size := _size(entry.change)):
                evidence = tuple(replace(item, snapshot=b"") for item in entry.change.evidence)
                entry.change = replace(entry.change, evidence=evidence)
                self._snapshot_bytes -= size
                self.snapshots_dropped += len(evidence)


def _merged(before: SightingChange, after: SightingChange) -> SightingChange:
    """The later change with the best of both's evidence and the newest encoding; ended stays ended."""
    best = sorted((*before.evidence, *after.evidence), key=_worth, reverse=True)[:MOST_EVIDENCE]
    evidence = tuple(sorted(best, key=lambda item: item.captured_at))
    encoding = after.encoding or before.encoding
    return replace(after, ended=after.ended or before.ended, evidence=evidence, encoding=encoding)


def _worth(evidence: Evidence) -> float:
    return evidence.quality


def _size(change: SightingChange) -> int:
    return sum(len(item.snapshot) for item in change.evidence)
