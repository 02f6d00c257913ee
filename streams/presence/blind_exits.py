"""Since when, or from when until when, an exit did not see who leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from people.base.site_time import clock_words, local, time_words
from streams.alerting.exits import BREAK
from streams.records.camera import Camera
from streams.records.exit_watch import ExitWatch
from streams.records.states import CameraRole, CameraStateName

_UNSEEN = timedelta(seconds=20)
"""The newest time of an exit is written every 15 s, after a look of a worker every 5 s."""


@dataclass(frozen=True, slots=True)
class BlindExit:
    """A time in which one exit gave no pictures."""

    camera: str
    since: datetime | None
    """None: it never gave any."""
    until: datetime
    goes_on: bool

    @property
    def words(self) -> str:
        """Such as "the exit “Back door” gave no pictures from 14:02:10 CET to 14:20:00 CET"."""
        if self.since is None:
            return f"the exit “{self.camera}” gives no pictures"
        if self.goes_on:
            return f"the exit “{self.camera}” has given no pictures since {_moment(self.since, self.until)}"
        since, until = _moment(self.since, self.until), clock_words(self.until)
        return f"the exit “{self.camera}” gave no pictures from {since} to {until}"


def newest_blindness(user: Any, now: datetime) -> BlindExit | None:
    """Returns the last time in which an exit that exists for `user` saw nobody; one query for many exits and times."""
    exits = Camera.objects.within_limits_of(user).filter(enabled=True, role=CameraRole.EXIT)
    cameras = list(exits.select_related("status").order_by("pk").distinct())
    if not cameras:
        return None
    rows = ExitWatch.objects.filter(camera__in=[camera.pk for camera in cameras], began__lte=now)
    times = rows.order_by("camera_id", "-until").values_list("camera_id", "began", "until")
    by_camera = {pk: [row[1:] for row in found] for pk, found in groupby(times, lambda row: row[0])}
    found = [_blindness(camera, by_camera.get(camera.pk, []), now) for camera in cameras]
    return max(filter(None, found), key=lambda blind: blind.until, default=None)


def _blindness(camera: Camera, times: Iterable[tuple[datetime, datetime]], now: datetime) -> BlindExit | None:
    """`times`: when it gave pictures, the newest first. Before the first of these nothing is known."""
    seen_from: datetime | None = None
    for began, until in times:
        if seen_from is None and now - until > BREAK + _UNSEEN:
            return BlindExit(camera.name, until, now, goes_on=True)
        if seen_from is not None and seen_from - until > BREAK:
            return BlindExit(camera.name, until, seen_from, goes_on=False)
        seen_from = began if seen_from is None else min(began, seen_from)
    status = getattr(camera, "status", None)
    if seen_from is None and status and camera.state_at(now)[0] != CameraStateName.LIVE:
        return BlindExit(camera.name, None, now, goes_on=True)
    return None


def _moment(moment: datetime, near: datetime) -> str:
    return clock_words(moment) if local(moment).date() == local(near).date() else time_words(moment)
