"""Keeps a whole frame or a clip with the look of its sighting that decided, and only with that one."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from people.records.stored_objects import remove, removed_on_failure
from streams.pipeline.messages import Footage, FootageKind
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.object_names import clip_name, frame_name
from streams.records.sighting import Sighting

NAMED = {FootageKind.FRAME: frame_name, FootageKind.CLIP: clip_name}


def keep_footage(*, camera_id: int, footage: Footage) -> bool:
    """Stores a frame or clip, and then names it in the row of its look; returns whether it was kept.

    A look that was forgotten meanwhile gets none, nor does one of a camera that keeps none any more. Of a sighting's
    looks only the one that decides keeps its own; the others' are deleted. No row names what was not stored.
    """
    if not _is_wanted(camera_id, footage):
        return False
    look = Detection(id=footage.detection)
    name = default_storage.save(NAMED[footage.kind](look, ""), ContentFile(footage.content))
    with removed_on_failure(name), transaction.atomic():
        # The lock makes whoever deletes the sighting wait, or finds it deleted.
        Sighting.objects.filter(pk=footage.sighting).select_for_update().first()
        kept = Detection.objects.filter(pk=footage.detection).update(**{footage.kind: name})
        doomed = _without_others(footage.sighting, footage.kind) if kept else [name]
        transaction.on_commit(partial(remove, doomed), robust=True)
    return name not in doomed


def _is_wanted(camera_id: int, footage: Footage) -> bool:
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None or not camera.may_keep(footage.kind):
        return False
    return Detection.objects.filter(pk=footage.detection, sighting=footage.sighting, sighting__camera=camera).exists()


def _without_others(sighting: UUID, kind: FootageKind) -> list[str]:
    """Leaves this kind to the best look alone; returns the names of the others'."""
    looks = Detection.objects.filter(sighting=sighting).exclude(**{kind: ""})
    others = list(looks.best_first().values_list("pk", kind)[1:])
    Detection.objects.filter(pk__in=[pk for pk, _ in others]).update(**{kind: ""})
    return [name for _, name in others]
