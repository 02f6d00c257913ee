"""Which cameras should give pictures and give none."""

from __future__ import annotations

from datetime import datetime

from streams.records.camera import Camera, CameraQuerySet
from streams.records.states import CameraStateName

NO_PICTURES = (CameraStateName.DOWN, CameraStateName.STALLED, CameraStateName.WAITING)
READ = ("name", "slug", "enabled", "hours", "status__state", "status__reason", "status__heartbeat_at")
"""All that a camera's state takes, with the end of its lease: of a thousand cameras the other columns cost more."""


def cameras_without_pictures(cameras: CameraQuerySet, now: datetime) -> list[tuple[Camera, str]]:
    """Returns the cameras that are on, within their hours, and give no pictures, by name, each with the reason.

    A camera that is down tries again every minute at the latest: then it is connecting, with the reason of before.
    """
    rows = cameras.enabled().select_related("status").only(*READ, "status__lease_expires_at").order_by("name")
    found = ((camera, *camera.state_at(now)) for camera in rows)
    return [(camera, reason) for camera, state, reason in found if _is_without(state, reason)]


def _is_without(state: str, reason: str) -> bool:
    return state in NO_PICTURES or (state == CameraStateName.CONNECTING and bool(reason))
