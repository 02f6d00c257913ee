"""Lets strangers follow their sightings: how often and when they were seen, their mean, and what has become of them.

Whoever moves sightings, by an edit or its undo, calls `recount` with the strangers who lost or gained some.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Max, Min, Q

from people.recognition.types import Vector
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict, StrangerState
from streams.records.stranger import Stranger, StrangerEncoding

MOST_IN_MEAN = 200
"""The newest sightings that make a mean: faces change, and a caretaker is seen ten thousand times."""


def recount(strangers: Collection[UUID]) -> None:
    """Brings these strangers up to their sightings, in the caller's transaction. Those without any stay."""
    for stranger in Stranger.objects.filter(pk__in=strangers).order_by("pk").select_for_update(of=("self",)):
        found = _counted(stranger.pk)
        stranger.sightings = found["number"]
        if found["number"]:
            stranger.first_seen_at, stranger.last_seen_at = found["first"], found["last"]
            _follow_verdicts(stranger, found)
        stranger.save()
        remember(stranger)


def remember(stranger: Stranger) -> None:
    """Makes the mean of an open or ignored stranger anew; others have none, and nobody is joined with them."""
    seen = _newest_encodings(stranger) if stranger.state in (StrangerState.OPEN, StrangerState.IGNORED) else []
    if not seen:
        StrangerEncoding.objects.filter(stranger=stranger).delete()
        return
    engine = seen[0][0]
    vectors = np.array([vector for made_by, vector in seen if made_by == engine], np.float32)
    mean = vectors.mean(axis=0)
    values = {"engine": engine, "vector": mean / np.linalg.norm(mean), "of": len(vectors)}
    StrangerEncoding.objects.update_or_create(stranger=stranger, defaults=values)


def _newest_encodings(stranger: Stranger) -> list[tuple[str, Vector]]:
    rows = SightingEncoding.objects.filter(sighting__stranger=stranger, sighting__verdict=StoredVerdict.UNKNOWN)
    return list(rows.order_by("-sighting__first_seen_at").values_list("engine", "vector")[:MOST_IN_MEAN])


def _counted(stranger: UUID) -> dict[str, Any]:
    return Sighting.objects.filter(stranger=stranger).aggregate(
        number=Count("pk"),
        unnamed=Count("pk", filter=Q(verdict=StoredVerdict.UNKNOWN)),
        first=Min("first_seen_at"),
        last=Max("last_seen_at"),
        people=Count("person", distinct=True),
    )


def _follow_verdicts(stranger: Stranger, found: dict[str, Any]) -> None:
    """A stranger is named as long as all sightings are of one person; with sightings of their own nobody is joined."""
    if not found["unnamed"] and found["people"] == 1:
        person = Sighting.objects.filter(stranger=stranger.pk).values_list("person", flat=True)[0]
        stranger.state, stranger.person_id, stranger.into = StrangerState.NAMED, person, None
    elif stranger.state in (StrangerState.NAMED, StrangerState.JOINED):
        stranger.state, stranger.person, stranger.into = StrangerState.OPEN, None, None
