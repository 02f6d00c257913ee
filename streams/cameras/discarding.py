"""Where strangers are discarded at once: takes away what turns out to be of one, with all that is stored of it.

Recording writes nothing of an unmatched face there (streams/running/recording.py), and triggers refuse it. What is left
are sightings that were certain, or that were open when somebody switched it on.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from people.records.stored_objects import remove
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.discarded import DiscardedSighting
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict, StrangersKept
from streams.wire.announcing import announce_sighting_gone


def discards_strangers(camera_id: int) -> bool:
    return Camera.objects.filter(pk=camera_id, strangers=StrangersKept.DISCARDED).exists()


def discard(sightings: Collection[UUID]) -> None:
    """Deletes sightings in the caller's transaction; their pictures, clips and frames follow after the commit."""
    names = list(Detection.objects.filter(sighting__in=sightings).stored_names())
    Sighting.objects.filter(pk__in=sightings).delete()
    transaction.on_commit(partial(remove, names), robust=True)


def discard_unmatched_in_view(camera_id: int) -> list[UUID]:
    """Discards the open sightings of a camera that are not certain, and returns their ids."""
    rows = Sighting.objects.open().for_camera(camera_id).exclude(verdict=StoredVerdict.MATCH)
    ids = list(rows.select_for_update().values_list("pk", flat=True))
    discard(ids)
    for sighting in ids:
        transaction.on_commit(partial(_tell_gone, camera_id, sighting), robust=True)
    return ids


def _tell_gone(camera_id: int, sighting: UUID) -> None:
    async_to_sync(announce_sighting_gone)(camera_id, str(sighting))


def discard_corrected(sighting: Sighting, *, is_no_face: bool) -> None:
    """Discards a sighting of which somebody says that it is a stranger, and remembers not to write it down again."""
    discard([sighting.pk])
    remembered = DiscardedSighting(id=sighting.pk, camera_id=sighting.camera_id, is_no_face=is_no_face)
    DiscardedSighting.objects.bulk_create([remembered], ignore_conflicts=True)
