"""Which pictures one viewer is owed: of each watched camera one that is not acknowledged yet, then the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class _Owed:
    unacknowledged: int | None = None
    newer: bool = False
    """A doorbell rang since the last picture was sent."""
    last: int | None = None


class Flow:
    """Holds frame numbers only; a viewer that stalls costs a few bytes."""

    def __init__(self) -> None:
        self._cameras: dict[int, _Owed] = {}

    @property
    def watched(self) -> frozenset[int]:
        return frozenset(self._cameras)

    def watch(self, cameras: Iterable[int]) -> set[int]:
        """Watch exactly these from now on; returns those that were not watched before."""
        before = self._cameras
        self._cameras = {pk: before.get(pk) or _Owed() for pk in cameras}
        return self._cameras.keys() - before.keys()

    def ring(self, camera_id: int) -> bool:
        """A new picture is there: whether to send it now."""
        owed = self._cameras.get(camera_id)
        if owed is None:
            return False
        owed.newer = True
        return owed.unacknowledged is None

    def send(self, camera_id: int, frame: int) -> bool:
        """`frame` is the newest: whether it is one that the viewer does not have. If so, it counts as sent."""
        owed = self._cameras.get(camera_id)
        if owed is None or owed.unacknowledged is not None or owed.last == frame:
            return False
        owed.unacknowledged = owed.last = frame
        owed.newer = False
        return True

    def acknowledge(self, camera_id: int, frame: int) -> bool:
        """The viewer has drawn `frame`: whether a newer one waits. Any other number is an old story."""
        owed = self._cameras.get(camera_id)
        if owed is None or owed.unacknowledged != frame:
            return False
        owed.unacknowledged = None
        return owed.newer
