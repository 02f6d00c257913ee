"""What one user may see of the live streams, read from the database in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from streams.events import CameraRef, CameraState, Hello, camera_ref, camera_state, hello, sighting_record
from streams.models import Camera, CameraStatus, Sighting

LATEST = 30
"""Sightings in a greeting."""


@dataclass(frozen=True, slots=True)
class Sight:
    cameras: dict[int, CameraRef]
    sightings: bool
    """Whether sightings of these cameras may be seen, too."""


def read_sight(user: Any, slug: str | None = None) -> Sight | None:
    """The cameras that `user` may see, or the one with `slug`; None without the right to see any."""
    if not (user.is_authenticated and user.has_perm("streams.view_camera")):
        return None
    cameras = Camera.objects.visible_to(user).only("name", "slug").order_by("name")
    if slug is not None:
        cameras = cameras.filter(slug=slug)
    return Sight({camera.pk: camera_ref(camera) for camera in cameras}, user.has_perm("streams.view_sighting"))


def read_states(cameras: dict[int, CameraRef]) -> list[CameraState]:
    """The state of each camera now, in the order of `cameras`."""
    now = datetime.now(UTC)
    statuses = CameraStatus.objects.in_bulk(list(cameras))
    return [camera_state(camera, statuses.get(pk), now) for pk, camera in cameras.items()]


def read_hello(user: Any, sight: Sight) -> Hello:
    """The first message of a socket of `user`, whose sight it is."""
    seen = Sighting.objects.visible_to(user).filter(camera_id__in=sight.cameras)
    rows = list(seen.with_snapshot(user)[:LATEST])
    records = [sighting_record(row, row.snapshot_id) for row in rows]  # type: ignore[attr-defined]
    return hello(read_states(sight.cameras), records)
