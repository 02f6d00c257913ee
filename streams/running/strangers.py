"""What a camera may store of faces that get no name: all of it, times alone, or nothing.

A sighting for review is no stranger's: a person should look at it, so it keeps its pictures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from django.db import transaction

from people.recognition.types import Verdict
from people.records.stored_objects import remove
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StrangersKept


def without_pictures_of_strangers(camera_id: int, change: SightingChange) -> SightingChange:
    """Takes pictures and encoding out of a stranger's change, if the camera keeps none, before any is stored."""
    if change.verdict is not Verdict.UNKNOWN or not (change.detections or change.encoding):
        return change
    kept = Camera.objects.filter(pk=camera_id).values_list("strangers", flat=True).first()
    return change if kept in (None, StrangersKept.PICTURES) else replace(change, detections=(), encoding=None)


def forget_pictures(sighting: Sighting, just_stored: Iterable[str]) -> None:
    """Deletes pictures and encoding of a sighting that had a name before, or seemed to when they were stored."""
    detections = Detection.objects.filter(sighting=sighting)
    names = {*just_stored, *detections.stored_names()}
    detections.delete()
    SightingEncoding.objects.filter(sighting=sighting).delete()
    transaction.on_commit(partial(remove, names), robust=True)
