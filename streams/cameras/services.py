"""Everything that is written about cameras and sightings: each function is one transaction.

Configuration is written by people (admin, API), status and sightings by the worker that runs the camera.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from people.base.doorbells import VIEWERS, ring
from people.base.history import Actor, changed_in_words, log_added, log_changed, log_deleted, log_each_changed
from streams.cameras.credentials import Entered
from streams.cameras.sealing import resealed
from streams.errors import SealBroken
from streams.pipeline.messages import Heartbeat, NewDetection
from streams.records.camera import Camera, CameraStatus
from streams.records.detection import Detection
from streams.records.groups import camera_limits
from streams.records.object_names import snapshot_name
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName
from streams.wire.values import finite

logger = logging.getLogger(__name__)


def camera_changed() -> None:
    """After this transaction commits: workers look at the cameras anew, and so do open dashboards.

    To be called after every write of a Camera: `save_camera` and `delete_camera` do it, and so must the
    admin's own saving and bulk updates. A forgotten call costs 5 s, until the next sweep.
    """
    ring("cameras.changed")
    ring("cameras.changed", VIEWERS)


def save_camera(*, camera: Camera, password: str | None = None, by: Actor = None) -> Camera:
    """Validate and write a new or changed camera. Raises ValidationError.

    A new one comes into every group that its maker `by` is limited to, or they would never see it.

    `password` None keeps the stored one, "" forgets it. User and password in the source go to their own fields.
    """
    before = Camera.objects.filter(pk=camera.pk).first() if camera.pk else None
    entered = Entered.of(camera.source, camera.username, password)
    entered.put_into(camera, before)
    camera.full_clean()
    groups = () if before else frozenset().union(*camera_limits(by))
    with transaction.atomic():
        camera.save()
        camera.groups.add(*groups)
        camera_changed()
        if before is None:
            log_added(camera, by=by)
        elif words := changed_in_words(before, camera):
            log_changed(camera, words, by=by)
    return camera


def reseal_passwords() -> tuple[int, list[str]]:
    """Seal all passwords with the newest key; how many, and the slugs of cameras whose password no key opens."""
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
    """Switch cameras on or off; returns how many really changed."""
    ids = [camera.pk for camera in cameras]
    with transaction.atomic():
        others = Camera.objects.filter(pk__in=ids).exclude(enabled=enabled).order_by("pk")
        changed = list(others.select_for_update())
        Camera.objects.filter(pk__in=[camera.pk for camera in changed]).update(enabled=enabled, updated_at=Now())
        log_each_changed(((camera, "Switched on." if enabled else "Switched off.") for camera in changed), by=by)
        camera_changed()
    return len(changed)


def delete_camera(*, camera: Camera, by: Actor) -> None:
    """Raises ProtectedError when it has sightings: those are evidence, and name their camera."""
    with transaction.atomic():
        log_deleted([camera], by=by)
        camera.delete()
        camera_changed()


def record_heartbeat(*, camera_id: int, holder: str, heartbeat: Heartbeat) -> bool:
    """Write what the child says of itself; False when this worker holds the camera's lease no longer."""
    return (
        _status(camera_id, holder).update(
            state=heartbeat.state,
            reason=heartbeat.reason[:300],
            heartbeat_at=heartbeat.sent_at,
            last_frame_at=heartbeat.last_frame_at,
            frame_age_ms=heartbeat.frame_age_ms,
            frame_width_px=heartbeat.frame_width_px,
            frame_height_px=heartbeat.frame_height_px,
            fps_read=finite(heartbeat.fps_read),
            fps_analysed=finite(heartbeat.fps_analysed),
            frames_dropped=heartbeat.frames_dropped,
            gallery_version=heartbeat.gallery_version,
        )
        == 1
    )


def record_down(*, camera_id: int, holder: str, reason: str) -> bool:
    """Write that the camera's child is gone, and why; False when the lease is another worker's."""
    return (
        _status(camera_id, holder).update(
            state=CameraStateName.DOWN, reason=reason[:300], fps_read=None, fps_analysed=None
        )
        == 1
    )


def _status(camera_id: int, holder: str) -> QuerySet[CameraStatus]:
    return CameraStatus.objects.filter(camera_id=camera_id, lease_holder=holder)


def save_snapshot(*, detection: NewDetection) -> str:
    """Store the picture, outside of any transaction; returns its name."""
    return default_storage.save(snapshot_name(Detection(id=detection.id), ""), ContentFile(detection.snapshot))


def discard_snapshots(*, names: Iterable[str]) -> None:
    """Remove pictures whose detections were not recorded. One that cannot be removed is logged and left."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception:  # each storage backend has exceptions of its own
            logger.warning("the snapshot %s could not be removed", name, exc_info=True)


def close_open_sightings(*, camera_id: int) -> list[Sighting]:
    """End the sightings that no child continues (it was killed, or its worker was); returns them as lists show them."""
    with transaction.atomic():
        ended = list(Sighting.objects.open().for_camera(camera_id).select_for_update().values_list("pk", flat=True))
        Sighting.objects.filter(pk__in=ended).update(ended_at=F("last_seen_at"))
    return list(Sighting.objects.filter(pk__in=ended).with_snapshot()) if ended else []
