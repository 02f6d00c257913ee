"""The enrolment worker, which takes one due photo after the other until none is left, then waits for the doorbell."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from pathlib import Path
from typing import Protocol

from channels.db import database_sync_to_async
from django.conf import settings

from people.enrolling.cross_check import Outcome
from people.enrolling.enrolment import (
    PhotoClaim,
    claim_photo,
    fail_attempt,
    record_reading,
    reject_unread,
    release_claim,
)
from people.enrolling.looking_again import look_at_next
from people.errors import ClaimLost, ReaderDied
from people.gallery.engines import usable_engine
from people.recognising.reader import PhotoReader
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Box
from people.records.photo import Photo

logger = logging.getLogger(__name__)

# 5 s: a lost doorbell delays a photo by no more than this.
SWEEP_S = 5.0
# 60 s: the reader's networks take about 300 MB, which an idle worker gives back.
IDLE_S = 60.0
NICENESS = 10
"""Of readers of enrolment photos: cameras and people who wait come first, and a whole idle core is still used."""


class ReadsPhotos(Protocol):
    """Reads photos: a PhotoReader, or a fake in tests."""

    engine: str

    def start(self) -> None: ...
    def read(self, data: bytes, *, chosen_box: Box | None, max_bytes: int) -> PhotoReading: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


class Enroller:
    """Enrols waiting photos; any number of these, in any number of processes, share them."""

    def __init__(self, *, reader: ReadsPhotos | None = None, place: int = 0) -> None:
        """`place`: it takes a photo only while more than so many are due, so that a single one starts one reader."""
        self._reader = reader or PhotoReader(Path(settings.MODEL_CACHE), niceness=NICENESS)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._place = place
        self._stopping = False

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Enrols until `stop`; looks again at every `wake`, and every SWEEP_S without one."""
        stopper = asyncio.create_task(self._stop_reading(stop))
        try:
            idle_s = 0.0
            while not stop.is_set():
                wake.clear()
                if await self.enrol_next():
                    idle_s = 0.0
                    continue
                if idle_s >= IDLE_S:
                    await asyncio.to_thread(self._reader.close)
                await _first_of(stop, wake, timeout_s=SWEEP_S)
                idle_s += SWEEP_S
        finally:
            stopper.cancel()
            await self.close()

    async def drain(self) -> int:
        """Enrols everything that is due now, and looks at it once more; returns how many photos were taken."""
        taken = 0
        while (enrolled := await self._enrol_due()) or await self._look_once_more():
            taken += enrolled
        return taken

    async def close(self) -> None:
        """Ends the reader's process; only callers that do not `run` need it."""
        await asyncio.to_thread(self._reader.close)

    async def enrol_next(self) -> bool:
        """Takes one photo through to its end, or looks once more at a person's new photos if none is due.

        Returns False if there is nothing to do.
        """
        return await self._enrol_due() or await self._look_once_more()

    async def _enrol_due(self) -> bool:
        if not await database_sync_to_async(_more_are_due)(self._place):
            return False
        # Before the claim, because making the networks ready for the first time takes longer than a claim lasts.
        try:
            await asyncio.to_thread(self._reader.start)
        except ReaderDied:
            if self._stopping:
                return False
            raise
        claim = await database_sync_to_async(claim_photo)(self._name)
        if claim is None:
            return False
        with contextlib.suppress(ClaimLost):  # its claim ended or the photo was deleted: nothing to record
            await self._enrol(claim)
        return True

    async def _enrol(self, claim: PhotoClaim) -> None:
        try:
            data = await asyncio.to_thread(_fetch, claim.photo)
        except FileNotFoundError:
            await database_sync_to_async(reject_unread)(claim, "file_missing")
            return
        except Exception:  # storages raise any exception: try again later
            logger.warning("photo %s cannot be fetched", claim.photo.pk, exc_info=True)
            await database_sync_to_async(fail_attempt)(claim)
            return
        self._reader.engine = await database_sync_to_async(usable_engine)()
        try:
            reading = await asyncio.to_thread(
                self._reader.read,
                data,
                chosen_box=Box(*claim.photo.chosen_box) if claim.photo.chosen_box else None,
                max_bytes=settings.PHOTO_MAX_BYTES,
            )
        except ReaderDied as death:
            logger.warning("photo %s: %s", claim.photo.pk, death)
            await database_sync_to_async(release_claim if self._stopping else fail_attempt)(claim)
            return
        await database_sync_to_async(self._record)(claim, reading)

    def _record(self, claim: PhotoClaim, reading: PhotoReading) -> Outcome:
        return record_reading(claim, reading, self._reader.engine)

    async def _look_once_more(self) -> bool:
        return bool(await database_sync_to_async(_look_at_next)())

    async def _stop_reading(self, stop: asyncio.Event) -> None:
        """Gives back a reading in progress at once, so that a worker leaves within seconds."""
        await stop.wait()
        self._stopping = True
        self._reader.kill()


def _more_are_due(than: int) -> bool:
    return Photo.objects.due()[than : than + 1].exists()


def _look_at_next() -> bool:
    return bool(look_at_next(usable_engine()))


def _fetch(photo: Photo) -> bytes:
    with photo.image.open("rb") as file:
        return bytes(file.read())


async def _first_of(*events: asyncio.Event, timeout_s: float) -> None:
    waiters = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiters, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
