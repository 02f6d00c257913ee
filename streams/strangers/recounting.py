"""Lets strangers follow their sightings: how often and when they were seen, and their mean.

Edits and undos of all kinds call `recount` with the strangers who lost or gained sightings.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import numpy as np
from django.db.models import Count, Max, Min

from people.recognition.strangers.crowd import mean_of
from people.recognition.types import Vector
from streams.correcting.following import follows_strangers
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict, StrangerState
from streams.records.stranger import Stranger, StrangerEncoding

MOST_IN_MEAN = 200
"""The newest sightings that make a mean: faces change, and a caretaker is seen ten thousand times."""


@follows_strangers
def recount(strangers: Collection[UUID]) -> None:
    """Brings these strangers up to their sightings, in the caller's transaction. Those without any stay as they are."""
    for stranger in Stranger.objects.filter(pk__in=strangers).order_by("pk").select_for_update(of=("self",)):
        rows = Sighting.objects.filter(stranger=stranger)
        found = rows.aggregate(number=Count("pk"), first=Min("first_seen_at"), last=Max("last_seen_at"))
        stranger.sightings = found["number"]
        if found["number"]:
            stranger.first_seen_at, stranger.last_seen_at = found["first"], found["last"]
        stranger.save(update_fields=["sightings", "first_seen_at", "last_seen_at"])
        remember(stranger)


def remember(stranger: Stranger) -> None:
    """Makes the mean of an open or ignored stranger anew; others have none, and nobody is joined with them."""
    seen = _newest_encodings(stranger) if stranger.state in (StrangerState.OPEN, StrangerState.IGNORED) else []
    if not seen:
        StrangerEncoding.objects.filter(stranger=stranger).delete()
        return
    engine = seen[0][0]
    vectors = np.array([vector for made_by, vector in seen if made_by == engine], np.float32)
    values = {"engine": engine, "vector": mean_of(vectors), "of": len(vectors)}
    StrangerEncoding.objects.update_or_create(stranger=stranger, defaults=values)


def _newest_encodings(stranger: Stranger) -> list[tuple[str, Vector]]:
    rows = SightingEncoding.objects.filter(sighting__stranger=stranger, sighting__verdict=StoredVerdict.UNKNOWN)
    return list(rows.order_by("-sighting__first_seen_at").values_list("engine", "vector")[:MOST_IN_MEAN])
