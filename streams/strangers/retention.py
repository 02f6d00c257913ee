"""Forgets strangers with what they were made of: without an encoding of a sighting there is none of a stranger."""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from streams.records.identity_edit import EditedSighting
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerDifference, StrangerEncoding
from streams.strangers.recounting import recount

BATCH = 5_000
RECOUNTED = 100
"""Strangers that one transaction locks."""


def forget_strangers() -> tuple[int, int]:
    """Deletes means whose sightings have no encodings any more, then strangers without sightings; returns how many.

    Those who have fewer sightings than before are counted again. A stranger whom an undo could bring back stays as
    long as the sightings of that edit.
    """
    sightings = Sighting.objects.filter(stranger=OuterRef("stranger_id"))
    means = StrangerEncoding.objects.filter(~Exists(sightings.filter(encoding__isnull=False)))
    empty = Stranger.objects.filter(
        ~Exists(Sighting.objects.filter(stranger=OuterRef("pk"))),
        ~Exists(EditedSighting.objects.filter(stranger=OuterRef("pk"))),
        ~Q(pk__in=_told_apart()),
    )
    forgotten = _delete(means), _delete(empty)
    _recount_others()
    return forgotten


def _told_apart() -> set[UUID]:
    """Returns joined strangers who are said not to be somebody, and all who lead from them to whom they are part of.

    What was said holds for the last one as long as these are there; without one in the middle those before go, too.
    """
    told: set[UUID] = set()
    joined = Stranger.objects.filter(state=StrangerState.JOINED)
    level = set(joined.filter(Exists(_differences())).values_list("pk", flat=True))
    while level:
        told |= level
        level = set(joined.filter(joined__in=level).values_list("pk", flat=True)) - told
    return told


def _differences() -> models.QuerySet[StrangerDifference]:
    return StrangerDifference.objects.filter(Q(one=OuterRef("pk")) | Q(other=OuterRef("pk")))


def _recount_others() -> None:
    left = Sighting.objects.filter(stranger=OuterRef("pk")).order_by().values("stranger").values(number=Count("pk"))
    changed = Stranger.objects.annotate(left=Coalesce(Subquery(left), 0)).exclude(sightings=F("left"))
    ids = list(changed.values_list("pk", flat=True))
    for start in range(0, len(ids), RECOUNTED):
        with transaction.atomic():
            recount(ids[start : start + RECOUNTED])


def _delete(rows: models.QuerySet[models.Model]) -> int:
    """Deletes `rows` in batches, each a short transaction."""
    number = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=batch).delete()
        number += len(batch)
    return number
