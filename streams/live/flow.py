"""Decides which frames to send to one viewer: one per watched camera, and the newest after each acknowledgement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class _Owed:
    unacknowledged: int | None = None
    newer: bool = False
    """Whether a doorbell rang since the last frame was sent."""
    last: int | None = None


class Flow:
    """Keeps only frame numbers, so a viewer that stalls costs a few bytes."""

    def __init__(self) -> None:
        self._cameras: dict[int, _Owed] = {}

    @property
    def watched(self) -> frozenset[int]:
        return frozenset(self._cameras)

    def watch(self, cameras: Iterable[int]) -> set[int]:
        """Watches exactly `cameras` from now on; returns those that were not watched before."""
        before = self._cameras
        self._cameras = {pk: before.get(pk) or _Owed() for pk in cameras}
        return self._cameras.keys() - before.keys()

    def ring(self, camera_id: int) -> bool:
        """Notes that a new frame is there; returns whether to send it now."""
        owed = self._cameras.get(camera_id)
        if owed is None:
            return False
        owed.newer = True
        return owed.unacknowledged is None

    def send(self, camera_id: int, frame: int) -> bool:
        """Returns whether to send `frame`, the newest, because the viewer lacks it; if so, it counts as sent."""
        owed = self._cameras.get(camera_id)
        if owed is None or owed.unacknowledged is not None or owed.last == frame:
            return False
        owed.unacknowledged = owed.last = frame
        owed.newer = False
        return True

    def acknowledge(self, camera_id: int, frame: int) -> bool:
        """Notes that the viewer has drawn `frame`; returns whether a newer one waits. Ignores any other number."""
        owed = self._cameras.get(camera_id)
        if owed is None or owed.unacknowledged != frame:
            return False
        owed.unacknowledged = None
        return owed.newer
