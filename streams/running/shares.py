"""How many of the cameras are this worker's: the even share, by what each worker that is here could run.

A worker that comes gets its share from those with more than theirs; each gives a few at a time, after their
children have stopped. Shares are rounded up, so that all cameras are run and nothing moves to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from people.base.doorbells import ring
from streams.records.camera import Camera
from streams.records.worker_presence import WorkerPresence

# 4 at a time: each moved camera is dark for the 2 or 3 s that its new child takes to start.
MOST_MOVED = 4
# An hour: long dead, and few enough that nobody needs to hurry.
FORGET_AFTER = timedelta(hours=1)


def be_here(*, holder: str, capacity: int, for_s: float) -> None:
    """Say that this worker is here for the next `for_s` seconds."""
    WorkerPresence.objects.update_or_create(
        holder=holder, defaults={"capacity": capacity, "expires_at": Now() + timedelta(seconds=for_s)}
    )


def leave(*, holder: str) -> None:
    """This worker runs no cameras any more; the others are told that there is something to share.

    Also forgets workers that died long ago; skips rows that another worker is just forgetting.
    """
    WorkerPresence.objects.filter(holder=holder).delete()
    dead = WorkerPresence.objects.filter(expires_at__lt=Now() - FORGET_AFTER).select_for_update(skip_locked=True)
    WorkerPresence.objects.filter(pk__in=[presence.pk for presence in dead]).delete()
    ring("cameras.changed")


@dataclass(frozen=True, slots=True)
class Share:
    """What of all cameras is one worker's."""

    wanted: float
    """By capacity, whether it can run so many or not: what autoscalers go by."""
    cameras: int
    """To be run: rounded up, and no more than it can."""


def fair_share(*, capacity: int) -> Share:
    """The even share of a worker of `capacity`, among those that are here."""
    total = WorkerPresence.objects.total_capacity()
    if total <= 0:
        return Share(0.0, 0)
    enabled = Camera.objects.enabled().count()
    return Share(enabled * capacity / total, min(capacity, -(-enabled * capacity // total)))


def why_waiting() -> str:
    """Why a camera that is switched on waits though workers are here, for people; empty when there is a place left."""
    total = WorkerPresence.objects.total_capacity()
    if not 0 < total < Camera.objects.enabled().count():
        return ""
    if total == 1:
        taken = "1 camera at a time, and it is taken: switch another off"
    else:
        taken = f"{total} cameras at a time, and all places are taken: switch one off"
    return f"The workers run {taken}, add a worker or raise WORKER_CAMERAS."
