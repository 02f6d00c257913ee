"""The lease of each camera, which says which worker runs it until when, by the database's clock.

`CameraStatus.lease_holder` and `lease_expires_at` are the lease. It lasts 20 s, and the worker renews it every 5 s, so
three renewals may fail before another worker takes the camera. Claims skip rows that another worker is just claiming.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from people.base.doorbells import ring
from streams.records.camera import Camera, CameraStatus
from streams.records.states import CameraStateName
from streams.running import shares
from streams.running.needs import is_free, is_to_be_switched, is_wanted, needs_now, waits

LEASE_S = 20.0
RENEW_EVERY_S = 5.0

# It locks in the same order as the cameras' states are written (streams/running/heartbeats.py): no deadlock.
_RENEW = """
UPDATE streams_camerastatus SET lease_expires_at = statement_timestamp() + %(lease_s)s * interval '1 second'
WHERE camera_id IN (SELECT camera_id FROM streams_camerastatus WHERE lease_holder = %(holder)s
    AND lease_expires_at > statement_timestamp() ORDER BY camera_id FOR UPDATE)
RETURNING camera_id
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a worker holds after a sweep."""

    cameras: tuple[Camera, ...]
    """Enabled cameras whose lease this worker holds; it runs them."""
    switched: tuple[Camera, ...]
    """Cameras (status selected) whose state this sweep changed; the worker announces them."""
    surplus: frozenset[int] = frozenset()
    """Cameras of this worker beyond its share; it stops them, then hands them over."""
    wanted: float = 0.0
    """Its even share of the cameras that are switched on; more than `capacity` if there are too few workers."""


def sweep(*, holder: str, running: Collection[int], capacity: int, renewing: bool = True) -> Holding:
    """Renews the leases, claims free ones up to the fair share, and switches off disabled ones.

    `running`: cameras that have a child here. Without `renewing` (a doorbell rang soon after a renewal) the leases stay
    as they are. Cameras outside of their hours are treated as disabled ones: they cost nothing until they wake. A lease
    that has ended is not renewed; the first worker that claims it gets it.

    While nothing changes it only reads and writes when leases end. Each write is a transaction of its own, so that no
    worker waits for the locks of another one's sweep.
    """
    if renewing:
        shares.be_here(holder=holder, capacity=capacity, for_s=LEASE_S)
        renew(holder=holder)
    asleep = _asleep()
    _make_rows()
    leased = _leased_by(holder)
    held = {camera.pk for camera in leased}.intersection(running)
    site = needs_now(holder=holder, running=held, asleep=asleep)
    share = shares.fair_share(capacity=capacity, total=site.capacity, awake=site.awake)
    mine = _to_run(leased, asleep)
    if site.free and claim(holder=holder, at_most=share.cameras - len(mine), asleep=asleep):
        mine = _to_run(_leased_by(holder), asleep)
    switched = _switch(holder=holder, running=held, asleep=asleep) if site.switched else []
    reason = shares.why_waiting(total=site.capacity, awake=site.awake)
    if switched or site.reasons - {reason}:
        switched += _say_why_waiting(reason)
    keep = max(share.cameras, len(mine) - shares.MOST_MOVED)
    changed = Camera.objects.filter(pk__in=switched).select_related("status") if switched else ()
    surplus = frozenset(camera.pk for camera in mine[keep:])
    return Holding(tuple(mine[:keep]), tuple(changed), surplus, share.wanted)


def renew(*, holder: str) -> set[int]:
    """Renews all leases that this worker still has; returns their cameras.

    Those that it does not run at the moment, too: it gave them up because the database was slow, and runs them again
    after this sweep, as if their leases were as new as the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, {"holder": holder, "lease_s": LEASE_S})
        return {row[0] for row in cursor.fetchall()}


def claim(*, holder: str, at_most: int, asleep: Collection[int] = ()) -> set[int]:
    """Takes up to `at_most` enabled cameras that no worker runs, those that waited longest first."""
    if at_most <= 0:
        return set()
    with transaction.atomic():
        free = (
            CameraStatus.objects.filter(is_free(), is_wanted(asleep))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by(F("lease_expires_at").asc(nulls_first=True), "camera_id")
        )
        ids = list(free.values_list("camera_id", flat=True)[:at_most])
        taken = CameraStatus.objects.filter(is_free(), camera_id__in=ids).update(
            lease_holder=holder, lease_expires_at=_end(), state=CameraStateName.CONNECTING, reason=""
        )
    if taken != len(ids):  # the rows are locked between the two statements, so nothing else can change them
        raise RuntimeError(f"expected to take {len(ids)} leases, took {taken}")
    return set(ids)


def release(*, holder: str, cameras: Collection[int]) -> int:
    """Gives leases back, so that another worker need not wait for their end; returns how many were ours."""
    mine = CameraStatus.objects.filter(camera_id__in=cameras, lease_holder=holder)
    return mine.update(
        lease_holder="",
        lease_expires_at=None,
        state=CameraStateName.WAITING,
        reason="",
        fps_read=None,
        fps_analysed=None,
    )


def finish(*, holder: str, cameras: Mapping[int, str]) -> None:
    """Gives back the places of cameras whose file has ended; each with what it said. A changed camera plays again."""
    with transaction.atomic():
        for pk, said in cameras.items():
            CameraStatus.objects.filter(camera_id=pk, lease_holder=holder).update(
                lease_holder="",
                lease_expires_at=None,
                state=CameraStateName.ENDED,
                reason=said[:300],
                heartbeat_at=Now(),
                fps_read=None,
                fps_analysed=None,
            )
        ring("cameras.changed")


def hand_over(*, holder: str, cameras: Collection[int]) -> None:
    """Releases `cameras`, whose children have stopped, for workers with fewer, and tells the other workers at once."""
    with transaction.atomic():
        release(holder=holder, cameras=cameras)
        ring("cameras.changed")


def leave(*, holder: str, cameras: Collection[int]) -> None:
    """Gives everything back, because this worker ends."""
    with transaction.atomic():
        release(holder=holder, cameras=cameras)
        shares.leave(holder=holder)
        site = needs_now(holder=holder, running=(), asleep=_asleep())
        _say_why_waiting(shares.why_waiting(total=site.capacity, awake=site.awake))


def _leased_by(holder: str) -> list[Camera]:
    """Returns the cameras whose lease this worker holds, those that were switched off meanwhile included."""
    leased = Camera.objects.filter(status__lease_holder=holder, status__lease_expires_at__gt=Now())
    return list(leased.order_by("pk"))


def _to_run(leased: Iterable[Camera], asleep: Collection[int]) -> list[Camera]:
    return [camera for camera in leased if camera.enabled and camera.pk not in asleep]


def _make_rows() -> None:
    """Makes a status for every camera that has none, because fixtures and scripts make cameras too."""
    if without := list(Camera.objects.filter(status=None).order_by("pk").values_list("pk", flat=True)):
        CameraStatus.objects.bulk_create([CameraStatus(camera_id=pk) for pk in without], ignore_conflicts=True)


def _asleep() -> dict[int, str]:
    """Returns the enabled cameras outside of their hours, each with the sentence that says until when."""
    now = timezone.now()
    return {camera.pk: camera.asleep_reason(now) for camera in Camera.objects.asleep(now)}


@transaction.atomic
def _switch(*, holder: str, running: Collection[int], asleep: Mapping[int, str]) -> list[int]:
    """Sets the state of cameras that nobody runs to what switch and hours say; returns the cameras that changed."""
    # Lock in one order and skip locked rows: two workers that switch the same rows must not deadlock.
    found = list(
        CameraStatus.objects.filter(is_to_be_switched(holder, running, asleep))
        .order_by("camera_id")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("camera")
    )
    changed = [status for status in found if _is_switched(status, asleep)]
    for state, reason in {(status.state, status.reason) for status in changed}:
        ids = [status.pk for status in changed if (status.state, status.reason) == (state, reason)]
        CameraStatus.objects.filter(pk__in=ids).update(
            state=state, reason=reason, lease_holder="", lease_expires_at=None, fps_read=None, fps_analysed=None
        )
    return [status.pk for status in changed]


def _is_switched(status: CameraStatus, asleep: Mapping[int, str]) -> bool:
    """Puts the state into `status`, not saved; returns whether that changed it."""
    before = status.state, status.reason, status.lease_holder
    if not status.camera.enabled:
        status.state, status.reason = CameraStateName.OFF, ""
    elif status.camera_id in asleep:
        status.state, status.reason = CameraStateName.ASLEEP, asleep[status.camera_id]
    else:
        status.state, status.reason = CameraStateName.WAITING, ""
    return before != (status.state, status.reason, "")


@transaction.atomic
def _say_why_waiting(reason: str) -> list[int]:
    """Writes why cameras wait although workers are here; returns the cameras whose reason changed."""
    others = CameraStatus.objects.filter(waits()).exclude(reason=reason).order_by("camera_id")
    ids = list(others.select_for_update(skip_locked=True, of=("self",)).values_list("camera_id", flat=True))
    if ids:
        CameraStatus.objects.filter(pk__in=ids).update(reason=reason)
    return ids


def _end() -> Now:
    return Now() + timedelta(seconds=LEASE_S)  # type: ignore[return-value]
