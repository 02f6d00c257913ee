"""Records sightings and tells viewers after the commit; a database that is away for a while loses none."""

from __future__ import annotations

import asyncio
import logging
import time

from django.db import IntegrityError

from people.gallery.counter_examples import count_decision
from streams.alerting.rule_book import RuleBook
from streams.alerting.telling import tell
from streams.cameras.services import close_open_sightings, discard_snapshots, save_snapshot
from streams.errors import CameraIsGone
from streams.pipeline.messages import NewDetection
from streams.records.sighting import Sighting
from streams.running.footage_store import FootageStore
from streams.running.metrics import Delays
from streams.running.outbox import CloseOpen, Entry, PendingFootage, PendingSighting, SightingOutbox
from streams.running.recording import NotKept, Recorded, record_sighting
from streams.running.strangers import without_pictures_of_strangers
from streams.wire.announcing import announce_sighting, announce_sighting_gone
from streams.wire.builders import sighting_event, sighting_record
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

logger = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
# A person deleted between our read and our commit breaks a foreign key once; the next read does not find them.
MOST_CONFLICTS = 3


class Recorder:
    """Footage it only hands on, to what stores it beside: a slow storage of frames must not hold up facts."""

    def __init__(self, outbox: SightingOutbox, footage: FootageStore) -> None:
        self.outbox, self.footage = outbox, footage
        self.delays = Delays()
        self.dropped = 0
        self.rules = RuleBook()
        self._database = DatabaseThread("recording")
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Records until cancelled."""
        while True:
            entry = await self.outbox.take()
            self._idle.clear()
            await self._keep_trying(entry)
            if not len(self.outbox):
                self._idle.set()

    async def flush(self, timeout_s: float) -> bool:
        """Waits until everything is written; returns False if `timeout_s` was not enough."""
        end = time.monotonic() + timeout_s
        while len(self.outbox) or not self._idle.is_set():
            if time.monotonic() > end:
                logger.error("%d sightings are left unrecorded", len(self.outbox) + 1)
                return False
            await asyncio.sleep(0.02)
        return True

    async def close(self) -> None:
        await self._database.close()

    async def _keep_trying(self, entry: Entry) -> None:
        pause_s = FIRST_PAUSE_S
        conflicts = 0
        while True:
            try:
                return await self._write(entry)
            except UNREACHABLE:
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            except IntegrityError as error:
                conflicts += 1
                if conflicts == MOST_CONFLICTS:
                    return await self._drop(entry, error)
            except Exception as error:  # noqa: BLE001 - one sighting that cannot be written must not cost all that come after it
                return await self._drop(entry, error)

    async def _write(self, entry: Entry) -> None:
        if isinstance(entry, CloseOpen):
            ended = await self._database.call(
                close_open_sightings, camera_id=entry.camera_id, begun_before=entry.begun_before
            )
            for sighting in ended:
                await self._tell_closed(sighting)
        elif isinstance(entry, PendingFootage):
            self.footage.put(entry)
        else:
            recorded = await self._database.call(_record, entry, self.rules)
            if isinstance(recorded, Recorded):
                await self._tell(entry, recorded)
            else:
                await self._tell_not_kept(entry, recorded)

    async def _tell(self, pending: PendingSighting, recorded: Recorded) -> None:
        record = sighting_record(recorded.sighting, recorded.snapshot)
        event = sighting_event(recorded.change, record, pending.change.captured_at)
        self.delays.add(event["delay_ms"])
        await tell(recorded.raised.alerts, recorded.raised.deliveries)
        await announce_sighting(pending.camera_id, event)

    async def _tell_not_kept(self, pending: PendingSighting, gone: NotKept) -> None:
        if gone.was_kept:
            await announce_sighting_gone(pending.camera_id, str(gone.sighting))

    async def _tell_closed(self, sighting: Sighting) -> None:
        record = sighting_record(sighting, sighting.snapshot_id)  # type: ignore[attr-defined]
        await announce_sighting(sighting.camera_id, sighting_event("ended", record, sighting.last_seen_at))

    async def _drop(self, entry: Entry, error: Exception) -> None:
        self.dropped += 1
        if isinstance(entry, PendingSighting):
            await asyncio.to_thread(discard_snapshots, names=entry.snapshots.values())
        if isinstance(error, CameraIsGone):
            logger.warning("%s", error)
        else:
            logger.error("a sighting by camera %s could not be recorded", entry.camera_id, exc_info=error)


def _record(pending: PendingSighting, book: RuleBook) -> Recorded | NotKept:
    """Stores snapshots first, outside the transaction, and keeps their names for the next try.

    What a counter-example decided is counted once for a sighting, at its end, and after the transaction: one that
    locked sighting and counter-example could deadlock with somebody who corrects the sighting.
    """
    pending.change = without_pictures_of_strangers(pending.camera_id, pending.change)
    for item in pending.change.detections:
        if item.snapshot and item.id not in pending.snapshots:
            pending.snapshots[item.id] = _stored(pending.camera_id, item)
    book.rules()
    recorded = record_sighting(
        camera_id=pending.camera_id,
        change=pending.change,
        snapshots=pending.snapshots,
        rules=book.unanswered(pending.change),
        lists=book.lists_of,
    )
    if isinstance(recorded, Recorded):
        book.answer(pending.change, recorded.raised.answered)
    if pending.change.ended and pending.change.refused_by is not None:
        count_decision(pending.change.refused_by)
    return recorded


def _stored(camera_id: int, detection: NewDetection) -> str:
    """Returns the snapshot's name; "" if the storage is away, because a sighting is worth more than its snapshot."""
    try:
        return save_snapshot(detection=detection)
    except Exception:  # each storage backend has exceptions of its own
        logger.exception("a snapshot of camera %s could not be stored", camera_id)
        return ""
