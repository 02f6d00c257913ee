"""Measures what a run of the schedule of keeping costs: by how much it deletes, and by how much there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from facesite.lab.filling import DAYS, SiteSize
from people.records.keeping_term import KeptKind
from streams.keeping.keepers import KEEPERS
from streams.keeping.schedule import KeepingSchedule

KEPT_DAYS = 30
KINDS = (
    KeptKind.SNAPSHOTS,
    KeptKind.ENCODINGS,
    KeptKind.SIGHTINGS_NAMED,
    KeptKind.SIGHTINGS_STRANGERS,
    KeptKind.PEOPLE_UNSEEN,
)
"""Pictures and encodings first: they would go with their sightings."""


@dataclass(frozen=True, slots=True)
class KeepingTiming:
    kind: KeptKind
    deleted: int
    forget_s: float
    idle_s: float
    """The same again, when nothing is due any more."""
    oldest_s: float
    """How long it takes to say what is the oldest that is left."""


def keeping_timings(size: SiteSize, due: int) -> Iterator[KeepingTiming]:
    """Has the oldest `due` sightings of a filled site forgotten, and what else is as old."""
    moment = timezone.now() - timedelta(days=KEPT_DAYS) + timedelta(days=DAYS * due / size.sightings)
    days: dict[str, int | None] = {kind: KEPT_DAYS if kind in KINDS else None for kind in KeptKind}
    schedule = KeepingSchedule(days, {}, moment)
    for kind in KINDS:
        keeper = KEEPERS[kind]
        began = time.perf_counter()
        deleted = keeper.forget(schedule)
        ended = time.perf_counter()
        keeper.forget(schedule)
        again = time.perf_counter()
        keeper.oldest(schedule)
        yield KeepingTiming(kind, deleted, ended - began, again - ended, time.perf_counter() - again)
