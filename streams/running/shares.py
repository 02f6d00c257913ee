"""Computes a worker's even share of the cameras, by how many each present worker could run.

A new worker gets its share from workers that have more than theirs. Each gives away a few cameras at a time, after
their children have stopped. Shares are rounded up, so that all cameras run and none moves to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from people.base.doorbells import ring
from streams.records.worker_presence import WorkerPresence

# 4 at a time: each moved camera is dark for the 2 or 3 s that its new child takes to start.
MOST_MOVED = 4
# An hour: such a worker is long dead, and there are too few rows to hurry.
FORGET_AFTER = timedelta(hours=1)


def be_here(*, holder: str, capacity: int, for_s: float) -> None:
    """Records that this worker is present for the next `for_s` seconds."""
    expires_at = Now() + timedelta(seconds=for_s)
    WorkerPresence.objects.bulk_create(  # one statement: INSERT … ON CONFLICT
        [WorkerPresence(holder=holder, capacity=capacity, expires_at=expires_at)],
        update_conflicts=True,
        unique_fields=["holder"],
        update_fields=["capacity", "expires_at"],
    )


def leave(*, holder: str) -> None:
    """Records that this worker runs no cameras any more, and tells the others that there are cameras to share.

    Also deletes workers that died long ago; skips rows that another worker is just deleting.
    """
    WorkerPresence.objects.filter(holder=holder).delete()
    dead = WorkerPresence.objects.filter(expires_at__lt=Now() - FORGET_AFTER).select_for_update(skip_locked=True)
    WorkerPresence.objects.filter(pk__in=[presence.pk for presence in dead]).delete()
    ring("cameras.changed")


@dataclass(frozen=True, slots=True)
class Share:
    """One worker's share of all cameras."""

    wanted: float
    """Its even share by capacity, even if it cannot run so many; autoscalers use this."""
    cameras: int
    """The cameras it should run: the share rounded up, and at most its capacity."""


def fair_share(*, capacity: int, total: int, awake: int) -> Share:
    """Returns the even share of a worker of `capacity` among all present workers, which have `total`.

    `awake`: how many cameras are to run now.
    """
    if total <= 0:
        return Share(0.0, 0)
    return Share(awake * capacity / total, min(capacity, -(-awake * capacity // total)))


def why_waiting(*, total: int, awake: int) -> str:
    """Returns, for people, why an enabled camera waits although workers are here; "" if a place is left."""
    if not 0 < total < awake:
        return ""
    if total == 1:
        taken = "1 camera at a time, and it is taken: switch another off"
    else:
        taken = f"{total} cameras at a time, and all places are taken: switch one off"
    return f"The workers can run only {taken}, add a worker, or raise WORKER_CAMERAS."
