"""Forgets strangers with what they were made of: without an encoding of a sighting there is none of a stranger."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef

from streams.records.identity_edit import EditedSighting
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger, StrangerEncoding

BATCH = 5_000


def forget_strangers() -> tuple[int, int]:
    """Deletes means whose sightings have no encodings any more, then strangers without sightings; returns how many.

    A stranger whom an undo could bring back stays as long as the sightings of that edit.
    """
    sightings = Sighting.objects.filter(stranger=OuterRef("stranger_id"))
    means = StrangerEncoding.objects.filter(~Exists(sightings.filter(encoding__isnull=False)))
    empty = Stranger.objects.filter(
        ~Exists(Sighting.objects.filter(stranger=OuterRef("pk"))),
        ~Exists(EditedSighting.objects.filter(stranger=OuterRef("pk"))),
    )
    return _delete(means), _delete(empty)


def _delete(rows: models.QuerySet[models.Model]) -> int:
    """Deletes `rows` in batches, each a short transaction."""
    number = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=batch).delete()
        number += len(batch)
    return number
