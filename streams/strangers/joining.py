"""Joins sightings that want a stranger: each goes to one who is surely the same, or begins a new one.

The row is the job (`Sighting.stranger_due`). One worker at a time takes a batch, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from people.recognition.engine.kinds import distances_of
from people.recognition.strangers.crowd import joined_mean
from streams.alerting.returning import raise_for_stranger
from streams.correcting.telling import tell_viewers
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerEncoding
from streams.records.stranger_due import WANTS_STRANGER
from streams.strangers.just_named import name_late
from streams.strangers.nearest import nearest_stranger, resembled_stranger
from streams.strangers.turns import is_our_turn

# 50: about half a second, for which edits of strangers wait.
BATCH = 50
LONG_LOOK = timedelta(seconds=10)
LONG_LOOK_ENCODINGS = 5
"""A single sighting as long and as well seen as this gets a number at once; other passers-by with their second."""


@transaction.atomic
def join_due(most: int = BATCH) -> int:
    """Joins at most `most` sightings that are due, oldest first; returns how many it took, 0 if it is not our turn."""
    if not is_our_turn():
        return 0
    due = Sighting.objects.filter(stranger_due=True).order_by("last_seen_at")
    taken = list(due.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True)[:most])
    wanting = Sighting.objects.filter(WANTS_STRANGER, pk__in=taken).select_related("encoding", "camera")
    found = list(wanting.order_by("last_seen_at"))
    joined = {_join(sighting, sighting.encoding) for sighting in found}
    if others := {*taken} - {sighting.pk for sighting in found}:
        Sighting.objects.filter(pk__in=others).update(stranger_due=False, seen_as=None)
    _tell_viewers(joined, taken)
    return len(taken)


def number_if_due(stranger: Stranger, sighting: Sighting) -> None:
    """Gives `stranger` a number, not saved yet, with the second sighting or a long look."""
    is_long = sighting.last_seen_at - sighting.first_seen_at >= LONG_LOOK
    if stranger.number is None and (stranger.sightings >= 2 or (is_long and sighting.encodings >= LONG_LOOK_ENCODINGS)):
        stranger.number = next_number()


def next_number() -> int:
    """Returns a number that no stranger has had; some are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('streams_stranger_number')")
        return int(cursor.fetchone()[0])


def offer(stranger: Stranger, encoding: StrangerEncoding) -> None:
    """Notes, not saved yet, who `stranger` probably is; only people with cards are offered for joining."""
    if stranger.number is None or stranger.resembles_id:
        return
    within = distances_of(encoding.engine).stranger.offered
    found = resembled_stranger(encoding.engine, np.asarray(encoding.vector, np.float32), within, stranger.pk)
    if found:
        stranger.resembles_id, stranger.resembles_distance = found


def _tell_viewers(strangers: Collection[UUID], taken: Collection[UUID]) -> None:
    """Tells open pages whose sightings these are; of strangers whom the second sighting gave a number, of both."""
    numbered = Sighting.objects.filter(stranger__in=strangers, stranger__number__isnull=False)
    tell_viewers(numbered.filter(Q(pk__in=taken) | Q(stranger__sightings=2)).values_list("pk", flat=True))


def _join(sighting: Sighting, seen: SightingEncoding) -> UUID:
    vector = np.asarray(seen.vector, np.float32)
    near = nearest_stranger(seen.engine, vector, distances_of(seen.engine).stranger.sure)
    stranger = _held(near.stranger) if near else None
    if stranger is None and (named := name_late(sighting, seen)):
        return named
    is_new = stranger is None
    if stranger is None:
        stranger = Stranger(first_seen_at=sighting.first_seen_at, last_seen_at=sighting.last_seen_at)
        encoding = StrangerEncoding(stranger=stranger, engine=seen.engine, vector=vector, of=0)
    else:
        encoding = stranger.encoding
        encoding.vector = joined_mean(np.asarray(encoding.vector, np.float32), encoding.of, vector, 1)
    encoding.of += 1
    _count(stranger, sighting)
    offer(stranger, encoding)
    stranger.save(force_insert=is_new)
    encoding.save(force_insert=is_new)
    Sighting.objects.filter(pk=sighting.pk).update(stranger=stranger, stranger_due=False, seen_as=None)
    raise_for_stranger(stranger, sighting)
    return stranger.pk


def _count(stranger: Stranger, sighting: Sighting) -> None:
    stranger.sightings += 1
    stranger.first_seen_at = min(stranger.first_seen_at, sighting.first_seen_at)
    stranger.last_seen_at = max(stranger.last_seen_at, sighting.last_seen_at)
    number_if_due(stranger, sighting)


def _held(stranger: UUID) -> Stranger | None:
    """Locks a stranger with their encoding; None if somebody has named, joined or forgotten them meanwhile."""
    rows = Stranger.objects.filter(pk=stranger, state__in=(StrangerState.OPEN, StrangerState.IGNORED))
    return rows.select_related("encoding").select_for_update(of=("self",)).filter(encoding__isnull=False).first()
