"""Services that write cameras, their status and snapshots: each function is at most one transaction.

People write the configuration (admin, API); the worker that runs a camera writes its status and sightings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from people.base.doorbells import VIEWERS, ring
from people.base.history import Actor, changed_in_words, log_added, log_changed, log_each_changed
from people.gallery.engines import usable_engine
from streams.cameras.credentials import Entered
from streams.cameras.discarding import discard_unmatched_in_view, discards_strangers
from streams.cameras.sealing import resealed
from streams.cameras.turning import regions_after
from streams.errors import SealBroken
from streams.pipeline.messages import NewDetection
from streams.records.camera import Camera, CameraStatus
from streams.records.detection import Detection
from streams.records.groups import camera_limits
from streams.records.hours import WeeklyHours
from streams.records.object_names import snapshot_name
from streams.records.regions import stored_regions
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName, StrangersKept
from streams.records.stranger_due import WANTS_STRANGER

logger = logging.getLogger(__name__)


def camera_changed() -> None:
    """Tells workers and open dashboards, after this transaction commits, to read the cameras again.

    Call it after every write of a Camera, bulk updates included; the services here do. If a call is missing, workers
    notice at the next sweep, up to 5 s later.
    """
    ring("cameras.changed")
    ring("cameras.changed", VIEWERS)


def save_camera(*, camera: Camera, password: str | None = None, by: Actor = None) -> Camera:
    """Validates and saves a new or changed camera. Raises ValidationError.

    It puts a new camera into every group that limits `by`, who could not see it otherwise.

    Its own threshold is a distance of `camera.threshold_engine`, of a new camera by default the engine in use.

    `password` None keeps the stored one, "" forgets it. User and password in the source go to their own fields.
    """
    before = Camera.objects.filter(pk=camera.pk).first() if camera.pk else None
    entered = Entered.of(camera.source, camera.username, password, camera.looking_source)
    entered.put_into(camera, before)
    if before is None:
        camera.threshold_engine = camera.threshold_engine or usable_engine()
    else:
        before.translate_threshold(camera.threshold_engine)  # so that the history tells only what somebody changed
    camera.full_clean()
    camera.hours = str(WeeklyHours.read(camera.hours))
    camera.regions = stored_regions(regions_after(before, camera))
    groups = () if before else frozenset().union(*camera_limits(by))
    with transaction.atomic():
        camera.save()
        camera.groups.add(*groups)
        if before and StrangersKept.DISCARDED == camera.strangers != before.strangers:
            discard_unmatched_in_view(camera.pk)
        camera_changed()
        if before is None:
            log_added(camera, by=by)
        elif words := changed_in_words(before, camera):
            log_changed(camera, words, by=by)
    return camera


def reseal_passwords() -> tuple[int, list[str]]:
    """Seals all passwords with the newest key; returns how many, and the slugs of cameras that no key opens."""
    done, broken = 0, []
    with transaction.atomic():
        for camera in Camera.objects.exclude(sealed_password="").select_for_update():
            try:
                camera.sealed_password = resealed(camera.sealed_password)
            except SealBroken:
                broken.append(camera.slug)
                continue
            camera.save(update_fields=["sealed_password"])
            done += 1
    return done, broken


def enable_cameras(*, cameras: Iterable[Camera], enabled: bool, by: Actor) -> int:
    """Switches cameras on or off; returns how many changed."""
    ids = [camera.pk for camera in cameras]
    with transaction.atomic():
        others = Camera.objects.filter(pk__in=ids).exclude(enabled=enabled).order_by("pk")
        changed = list(others.select_for_update())
        Camera.objects.filter(pk__in=[camera.pk for camera in changed]).update(enabled=enabled, updated_at=Now())
        log_each_changed(((camera, "Switched on." if enabled else "Switched off.") for camera in changed), by=by)
        camera_changed()
    return len(changed)


def record_down(*, camera_id: int, holder: str, reason: str) -> bool:
    """Writes that the camera's child is gone, and why; returns False if `holder` no longer holds the lease."""
    status = CameraStatus.objects.filter(camera_id=camera_id, lease_holder=holder)
    down = {"state": CameraStateName.DOWN, "reason": reason[:300], "fps_read": None, "fps_analysed": None}
    return status.update(**down) == 1


def save_snapshot(*, detection: NewDetection) -> str:
    """Stores the snapshot, outside of any transaction; returns its name."""
    return default_storage.save(snapshot_name(Detection(id=detection.id), ""), ContentFile(detection.snapshot))


def discard_snapshots(*, names: Iterable[str]) -> None:
    """Removes snapshots whose detections were not recorded; logs each one that it cannot remove."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception:  # each storage backend has its own exceptions
            logger.warning("the snapshot %s could not be removed", name, exc_info=True)


def close_open_sightings(*, camera_id: int, begun_before: datetime | None = None) -> list[Sighting]:
    """Ends the sightings that no child continues, because it or its worker was killed; those `begun_before`, or all.

    Returns them with camera, person and snapshot, ready for lists. Where strangers are discarded at once, those that
    are not certain go instead.
    """
    with transaction.atomic():
        if discards_strangers(camera_id):
            discard_unmatched_in_view(camera_id)
        rows = Sighting.objects.open().for_camera(camera_id)
        if begun_before:
            rows = rows.filter(first_seen_at__lt=begun_before)
        ended = list(rows.select_for_update().values_list("pk", flat=True))
        Sighting.objects.filter(pk__in=ended).update(ended_at=F("last_seen_at"))
        Sighting.objects.filter(WANTS_STRANGER, pk__in=ended).update(stranger_due=True)
    return list(Sighting.objects.filter(pk__in=ended).with_snapshot()) if ended else []
