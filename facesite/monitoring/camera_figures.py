"""Numbers for monitoring that stand in the rows: cameras, their leases, open sightings."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from people.base.figures import gauge_by
from streams.records.camera import Camera, CameraStatus
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName
from streams.records.worker_presence import WorkerPresence


def camera_figures() -> list[Metric]:
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
        gauge_by(
            "state",
            "facesite_cameras",
            "Cameras by state; waiting: no worker runs them.",
            {state: states[state] for state in CameraStateName.values},
        ),
        GaugeMetricFamily("facesite_workers", "Workers that are here for cameras.", workers.count()),
        GaugeMetricFamily("facesite_capacity_cameras", "Cameras that they could run.", workers.total_capacity()),
        gauge_by("worker", "facesite_leases", "Cameras that each worker holds.", dict(sorted(holders.items()))),
        gauge_by(
            "camera",
            "facesite_camera_frame_age_seconds",
            "Age of the newest frame of each live camera, when last told.",
            {camera.slug: status.frame_age_ms / 1000 for camera, status in live if status.frame_age_ms is not None},
        ),
        GaugeMetricFamily("facesite_sightings_open", "Sightings that have not ended.", Sighting.objects.open().count()),
    ]


def _is_leased(status: CameraStatus, now: datetime) -> bool:
    return status.lease_expires_at is not None and status.lease_expires_at > now
