"""Says of unknown faces in sight which stranger they surely are, so that live pages call them by their number.

It is only shown (`Sighting.seen_as`). Whose sighting it is, and what becomes of the stranger's mean, its end decides.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from people.recognition.engine.kinds import distances_of
from streams.correcting.telling import tell_viewers
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict, StrangersKept
from streams.records.stranger import Stranger
from streams.strangers.nearest import nearest_stranger
from streams.strangers.turns import is_our_turn

LOOKED_AT = timedelta(minutes=2)
"""Whom nobody knows by then gets no better encoding: the best looks come in the first seconds."""
MOST = 50


@transaction.atomic
def know_in_sight(most: int = MOST) -> int:
    """Notes of at most `most` faces in sight which numbered stranger they are; returns of how many it did."""
    if not is_our_turn():
        return 0
    known = [sighting.pk for sighting in _unknown()[:most] if _know(sighting)]
    if known:
        tell_viewers(known)
    return len(known)


def _unknown() -> QuerySet[Sighting]:
    rows = Sighting.objects.open().filter(
        verdict=StoredVerdict.UNKNOWN,
        edit=None,
        seen_as=None,
        encoding__isnull=False,
        camera__strangers=StrangersKept.PICTURES,
        first_seen_at__gt=timezone.now() - LOOKED_AT,
    )
    return rows.select_related("encoding").order_by("-first_seen_at")


def _know(sighting: Sighting) -> bool:
    seen = sighting.encoding
    sure = distances_of(seen.engine).stranger.sure
    near = nearest_stranger(seen.engine, np.asarray(seen.vector, np.float32), sure)
    if near is None or not Stranger.objects.filter(pk=near.stranger, number__isnull=False).exists():
        return False
    # Somebody may have corrected it meanwhile, or the camera named it.
    still = Sighting.objects.open().filter(pk=sighting.pk, verdict=StoredVerdict.UNKNOWN, edit=None)
    return bool(still.update(seen_as=near.stranger))
