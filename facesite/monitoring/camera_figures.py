"""Numbers for monitoring that stand in the rows: cameras, their leases, open sightings."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils import timezone

from people.base.figures import Figure, Sample, gauge
from streams.records.camera import Camera, CameraStatus
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName
from streams.records.worker_presence import WorkerPresence


def camera_figures() -> list[Figure]:
    """From the database, in four queries however many cameras there are."""
    now, workers = timezone.now(), WorkerPresence.objects.here()
    cameras = list(Camera.objects.select_related("status").order_by("slug"))
    live = [(camera, camera.status) for camera in cameras if camera.state_at(now)[0] == CameraStateName.LIVE]
    states = Counter(camera.state_at(now)[0] for camera in cameras)
    holders = Counter(
        camera.status.lease_holder
        for camera in cameras
        if hasattr(camera, "status") and camera.status.lease_holder and _is_leased(camera.status, now)
    )
    return [
        gauge(
            "facesite_cameras",
            "Cameras by state; waiting: no worker runs them.",
            *(Sample(states[state], {"state": state}) for state in CameraStateName.values),
        ),
        gauge("facesite_workers", "Workers that are here for cameras.", workers.count()),
        gauge("facesite_capacity_cameras", "Cameras that they could run.", workers.total_capacity()),
        gauge(
            "facesite_leases",
            "Cameras that each worker holds.",
            *(Sample(number, {"worker": holder}) for holder, number in sorted(holders.items())),
        ),
        gauge(
            "facesite_camera_frame_age_seconds",
            "Age of the newest frame of each live camera, when last told.",
            *(
                Sample(status.frame_age_ms / 1000, {"camera": camera.slug})
                for camera, status in live
                if status.frame_age_ms is not None
            ),
        ),
        gauge("facesite_sightings_open", "Sightings that have not ended.", Sighting.objects.open().count()),
    ]


def _is_leased(status: CameraStatus, now: datetime) -> bool:
    return status.lease_expires_at is not None and status.lease_expires_at > now
