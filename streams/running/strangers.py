"""What a camera may store of faces that get no name: all of it, times alone, or nothing.

A sighting for review is no stranger's: a person should look at it, so it keeps its pictures. Only where strangers are
discarded at once nothing is written of it, as whoever merely resembles somebody is a stranger, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from django.db import transaction

from people.recognition.types import Verdict
from people.records.stored_objects import remove
from streams.pipeline.messages import NewDetection, SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.discarded import DiscardedSighting
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict, StrangersKept


def without_pictures_of_strangers(camera_id: int, change: SightingChange) -> SightingChange:
    """Takes pictures and encoding out of a stranger's change, if the camera keeps none, before any is stored.

    Of somebody who was a stranger until now, a camera that discards strangers keeps the looks since then.
    """
    if not (change.detections or change.encoding):
        return change
    kept = Camera.objects.filter(pk=camera_id).values_list("strangers", flat=True).first()
    if kept == StrangersKept.DISCARDED and change.verdict is Verdict.MATCH:
        return replace(change, detections=tuple(item for item in change.detections if _says_the_same(item, change)))
    is_kept = kept in (None, StrangersKept.PICTURES)
    if is_kept or (change.verdict is not Verdict.UNKNOWN and kept != StrangersKept.DISCARDED):
        return change
    return replace(change, detections=(), encoding=None)


def is_discarded(camera: Camera, sighting: Sighting, before: Sighting | None) -> bool:
    """Returns whether nothing may be written of `sighting`, as it would stand; `before`: as it stands now, if it does.

    What somebody said of a sighting is not overruled, except where strangers are discarded at once.
    """
    if camera.strangers == StrangersKept.NOTHING:
        return sighting.verdict == StoredVerdict.UNKNOWN and sighting.edit_id is None
    if camera.strangers != StrangersKept.DISCARDED:
        return False
    is_unmatched = sighting.verdict != StoredVerdict.MATCH
    return is_unmatched or (before is None and DiscardedSighting.objects.filter(pk=sighting.pk).exists())


def _says_the_same(item: NewDetection, change: SightingChange) -> bool:
    return item.verdict is not Verdict.UNKNOWN and item.person == change.person


def forget_pictures(sighting: Sighting, just_stored: Iterable[str]) -> None:
    """Deletes pictures and encoding of a sighting that had a name before, or seemed to when they were stored."""
    detections = Detection.objects.filter(sighting=sighting)
    names = {*just_stored, *detections.stored_names()}
    detections.delete()
    SightingEncoding.objects.filter(sighting=sighting).delete()
    transaction.on_commit(partial(remove, names), robust=True)
