"""A lease per camera: which worker runs it, until when, by the database's clock.

`CameraStatus.lease_holder` and `lease_expires_at` are the lease. It is 20 s long and renewed every 5 s, so three
renewals may fail before another worker takes the camera; claims skip rows that somebody else is just claiming.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from people.base.doorbells import ring
from streams.records.camera import Camera, CameraStatus
from streams.records.states import CameraStateName
from streams.running import shares

LEASE_S = 20.0
RENEW_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Holding:
    """What a worker holds after a sweep."""

    cameras: tuple[Camera, ...]
    """Enabled cameras whose lease is this worker's: to be run."""
    switched: tuple[Camera, ...]
    """Cameras (status selected) whose state this sweep changed: to be announced."""
    surplus: frozenset[int] = frozenset()
    """Cameras of this worker beyond its share: to be stopped, then handed over."""
    wanted: float = 0.0
    """Its even share of the cameras that are switched on; more than `capacity` when workers are wanting."""


def sweep(*, holder: str, running: Collection[int], capacity: int) -> Holding:
    """Renew the leases of `running` cameras, claim free ones up to the fair share, and switch off disabled ones.

    A lease that has ended is not renewed but claimed anew, by whoever comes first.
    """
    with transaction.atomic():
        _make_rows()
        shares.be_here(holder=holder, capacity=capacity, for_s=LEASE_S)
        share = shares.fair_share(capacity=capacity)
        held = renew(holder=holder, cameras=running)
        claim(holder=holder, at_most=share.cameras - len(held))
        switched = _switch(holder=holder, running=held) + _say_why_waiting()
    leased = Camera.objects.enabled().filter(status__lease_holder=holder, status__lease_expires_at__gt=Now())
    mine = list(leased.order_by("pk"))
    keep = max(share.cameras, len(mine) - shares.MOST_MOVED)
    changed = Camera.objects.filter(pk__in=switched).select_related("status") if switched else ()
    surplus = frozenset(camera.pk for camera in mine[keep:])
    return Holding(tuple(mine[:keep]), tuple(changed), surplus, share.wanted)


def renew(*, holder: str, cameras: Collection[int]) -> set[int]:
    """Prolong the leases of `cameras` that are still this worker's; returns which those are."""
    if not cameras:
        return set()
    mine = CameraStatus.objects.filter(camera_id__in=cameras, lease_holder=holder, lease_expires_at__gt=Now())
    if mine.update(lease_expires_at=_end()) == len(cameras):
        return set(cameras)
    return set(mine.values_list("camera_id", flat=True))


def claim(*, holder: str, at_most: int) -> set[int]:
    """Take up to `at_most` enabled cameras that nobody runs, those that waited longest first."""
    if at_most <= 0:
        return set()
    with transaction.atomic():
        free = (
            CameraStatus.objects.filter(_is_free(), camera__enabled=True)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by(F("lease_expires_at").asc(nulls_first=True), "camera_id")
        )
        ids = list(free.values_list("camera_id", flat=True)[:at_most])
        taken = CameraStatus.objects.filter(_is_free(), camera_id__in=ids).update(
            lease_holder=holder, lease_expires_at=_end(), state=CameraStateName.CONNECTING, reason=""
        )
    if taken != len(ids):  # rows are locked between the two statements: nothing else may change them
        raise RuntimeError(f"expected to take {len(ids)} leases, took {taken}")
    return set(ids)


def release(*, holder: str, cameras: Collection[int]) -> int:
    """Give leases back, so that another worker need not wait for their end. Returns how many were ours."""
    mine = CameraStatus.objects.filter(camera_id__in=cameras, lease_holder=holder)
    return mine.update(
        lease_holder="",
        lease_expires_at=None,
        state=CameraStateName.WAITING,
        reason="",
        fps_read=None,
        fps_analysed=None,
    )


def hand_over(*, holder: str, cameras: Collection[int]) -> None:
    """Give `cameras`, whose children have stopped, to whoever has fewer; the others are told at once."""
    with transaction.atomic():
        release(holder=holder, cameras=cameras)
        ring("cameras.changed")


def leave(*, holder: str, cameras: Collection[int]) -> None:
    """Give everything back: this worker ends."""
    with transaction.atomic():
        release(holder=holder, cameras=cameras)
        shares.leave(holder=holder)
        _say_why_waiting()


def _make_rows() -> None:
    """A status for every camera that has none: cameras are also made by fixtures and scripts."""
    without = Camera.objects.filter(status=None).order_by("pk").values_list("pk", flat=True)
    CameraStatus.objects.bulk_create([CameraStatus(camera_id=pk) for pk in without], ignore_conflicts=True)


def _switch(*, holder: str, running: Collection[int]) -> list[int]:
    """States of cameras that nobody runs follow their switch; returns whose did."""
    idle = CameraStatus.objects.filter(_is_free() | Q(lease_holder=holder)).exclude(camera_id__in=running)
    off = idle.filter(camera__enabled=False).exclude(state=CameraStateName.OFF, lease_holder="")
    back = idle.filter(camera__enabled=True, state=CameraStateName.OFF)
    # Locked in one order and skipped when locked: two workers that switch the same rows must not deadlock.
    found = list(
        (off | back)
        .order_by("camera_id")
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("camera_id", "camera__enabled")
    )
    for enabled, state in ((False, CameraStateName.OFF), (True, CameraStateName.WAITING)):
        ids = [pk for pk, is_enabled in found if is_enabled is enabled]
        if ids:
            CameraStatus.objects.filter(pk__in=ids).update(
                state=state, reason="", lease_holder="", lease_expires_at=None, fps_read=None, fps_analysed=None
            )
    return [pk for pk, _ in found]


def _say_why_waiting() -> list[int]:
    """Cameras that wait although workers are here are told that no place is left; returns whose reason changed."""
    waiting = CameraStatus.objects.filter(_is_free(), camera__enabled=True, state=CameraStateName.WAITING)
    reason = shares.why_waiting()
    others = waiting.exclude(reason=reason).order_by("camera_id").select_for_update(skip_locked=True, of=("self",))
    ids = list(others.values_list("camera_id", flat=True))
    if ids:
        CameraStatus.objects.filter(pk__in=ids).update(reason=reason)
    return ids


def _is_free() -> Q:
    return Q(lease_holder="") | Q(lease_expires_at__lte=Now())


def _end() -> Now:
    return Now() + timedelta(seconds=LEASE_S)  # type: ignore[return-value]
