"""The cameras of the live page: those with a picture, and those that are one line because they have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.records.arrangement import Arrangement
from streams.records.camera import Camera
from streams.records.states import CameraStateName

PICTURELESS = (CameraStateName.DOWN, CameraStateName.OFF, CameraStateName.ASLEEP, CameraStateName.ENDED)
"""States in which a camera is one line, with the reason. camera-grid.js has the same for what happens later."""


@dataclass(frozen=True, slots=True)
class CameraTile:
    """One camera of the live page."""

    camera: Camera
    rank: int
    """Its place among all cameras of the page, from 1."""
    is_large: bool
    state: str
    reason: str

    @property
    def has_picture(self) -> bool:
        return self.state not in PICTURELESS


def tiles_of(arrangement: Arrangement, cameras: Iterable[Camera], now: datetime) -> list[CameraTile]:
    """Returns the cameras that the user has not hidden, as they stand on the page. `cameras`: with `status` fetched."""
    shown = (camera for camera in arrangement.in_order(cameras) if camera.pk not in arrangement.hidden)
    return [
        CameraTile(camera, rank, camera.pk in arrangement.large, *camera.state_at(now))
        for rank, camera in enumerate(shown, 1)
    ]
