"""What the cameras of the whole site need from a worker's sweep, counted in one query.

Fifty workers sweep every five seconds, and nearly every time there is nothing to claim, to switch or to explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q

from people.base.due import LONGEST_LEASE, has_come
from streams.records.camera import CameraStatus
from streams.records.states import CameraStateName
from streams.records.worker_presence import WorkerPresence


@dataclass(frozen=True, slots=True)
class Needs:
    capacity: int
    """Cameras that all present workers together can run."""
    awake: int
    """Cameras that are to run now."""
    free: int
    """Of these, cameras that nobody runs."""
    switched: int
    """Cameras whose state does not say yet what switch and hours say."""
    reasons: frozenset[str]
    """What the cameras that wait say of it."""


def needs_now(*, holder: str, running: Collection[int], asleep: Mapping[int, str]) -> Needs:
    """Counts for the worker `holder`, which runs `running`; `asleep` has cameras outside of their hours."""
    wanted = is_wanted(asleep)
    counted = CameraStatus.objects.aggregate(
        awake=Count("pk", filter=wanted),
        free=Count("pk", filter=wanted & is_free()),
        switched=Count("pk", filter=is_to_be_switched(holder, running, asleep)),
        reasons=ArrayAgg("reason", filter=waits(), distinct=True, default=[]),
    )
    reasons = frozenset(counted.pop("reasons"))
    return Needs(WorkerPresence.objects.total_capacity(), reasons=reasons, **counted)


def is_free() -> Q:
    return Q(lease_holder="") | has_come("lease_expires_at", LONGEST_LEASE)


def is_wanted(asleep: Collection[int]) -> Q:
    """Cameras that are to run: switched on, awake, and not a file that has ended, unless it was changed after that."""
    has_ended = Q(state=CameraStateName.ENDED, camera__updated_at__lte=F("heartbeat_at"))
    return Q(camera__enabled=True) & ~has_ended & ~Q(camera_id__in=list(asleep))


def is_to_be_switched(holder: str, running: Collection[int], asleep: Mapping[int, str]) -> Q:
    """Cameras that nobody runs, and whose state does not say what switch and hours say."""
    idle = (is_free() | Q(lease_holder=holder)) & ~Q(camera_id__in=list(running))
    off = Q(camera__enabled=False) & ~Q(state=CameraStateName.OFF, lease_holder="")
    is_said = Q(state=CameraStateName.ASLEEP, lease_holder="", reason__in=set(asleep.values()))
    sleepy = Q(camera__enabled=True, camera_id__in=list(asleep)) & ~is_said
    was_idle = Q(state__in=(CameraStateName.OFF, CameraStateName.ASLEEP))
    back = was_idle & Q(camera__enabled=True) & ~Q(camera_id__in=list(asleep))
    return idle & (off | sleepy | back)


def waits() -> Q:
    return is_free() & Q(camera__enabled=True, state=CameraStateName.WAITING)
