"""Tells the children of this worker's cameras what is said of their open sightings: by a doorbell, and every 2 s.

The row has it: somebody's correction, or the stranger as whom an unknown face is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from people.recognition.types import Verdict
from people.records.matchable import Matchable
from streams.pipeline.messages import SaidOfFace, UseSaid
from streams.records.discarded import DiscardedSighting
from streams.records.sighting import Sighting
from streams.wire.bell import Bell
from streams.wire.database_thread import UNREACHABLE, DatabaseThread

# 2 s: as for galleries, the longest time that a picture keeps a wrong name if every doorbell is lost.
LOOK_EVERY_S = 2.0


class SaidKeeper:
    """Call `run`; `say` gets what is said of each camera that `cameras` returns."""

    def __init__(self, cameras: Callable[[], Collection[int]], say: Callable[[Mapping[int, UseSaid]], None]) -> None:
        self.bell = Bell()
        self._cameras, self._say = cameras, say
        self._database = DatabaseThread("said")

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(*UNREACHABLE):
                await self.look()
            await self.bell.wait(LOOK_EVERY_S)

    async def look(self) -> None:
        if cameras := list(self._cameras()):
            self._say(await self._database.call(read_said, cameras))

    async def close(self) -> None:
        await self._database.close()


def read_said(cameras: Collection[int]) -> dict[int, UseSaid]:
    """Returns, for each of `cameras`, what is said of its sightings that are open, or were discarded; two queries.

    Nobody is named who has left the gallery: they would be drawn by name for as long as they stand there.
    """
    said: dict[int, dict[UUID, SaidOfFace]] = {camera: {} for camera in cameras}
    rows = Sighting.objects.open().filter(Q(machine_verdict__isnull=False) | Q(seen_as__isnull=False))
    rows = rows.annotate(is_matchable=Exists(Matchable.objects.filter(pk=OuterRef("person"))))
    for row in rows.filter(camera__in=cameras).select_related("person", "stranger", "seen_as").order_by():
        said[row.camera_id][row.pk] = _said_of(row)
    for gone in DiscardedSighting.objects.filter(camera__in=cameras):
        said[gone.camera_id][gone.pk] = SaidOfFace(None if gone.is_no_face else Verdict.UNKNOWN)
    return {camera: UseSaid(of_camera) for camera, of_camera in said.items()}


def _said_of(row: Any) -> SaidOfFace:
    is_said = row.machine_verdict is not None
    if row.is_no_face:
        return SaidOfFace(None)
    if row.person and not row.is_matchable:
        return SaidOfFace(Verdict.UNKNOWN)
    if row.person:
        return SaidOfFace(Verdict(row.verdict), str(row.person.pk), row.person.name)
    return SaidOfFace(Verdict.UNKNOWN, None, row.stranger_name, is_said)
