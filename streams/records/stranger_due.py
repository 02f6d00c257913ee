"""The condition that a stranger is to be found for a sighting, for whoever ends or edits sightings."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict, StrangersKept

WANTS_STRANGER = Q(
    Exists(SightingEncoding.objects.filter(sighting=OuterRef("pk"))),
    verdict=StoredVerdict.UNKNOWN,
    is_no_face=False,
    stranger=None,
    ended_at__isnull=False,
    camera__strangers=StrangersKept.PICTURES,
)
"""Of a face that nobody named, and of which enough is kept."""
