"""How many of the cameras are this worker's: the even share, by what each worker that is here could run.

A worker that comes gets its share from those with more than theirs; each gives a few at a time, after their
children have stopped. Shares are rounded up, so that all cameras are run and nothing moves to and fro.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from people.doorbells import ring
from streams.models import Camera, WorkerPresence

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


def fair_share(*, capacity: int) -> int:
    """How many cameras a worker of `capacity` should run; at most `capacity`."""
    total = WorkerPresence.objects.total_capacity()
    if total <= 0:
        return 0
    wanted = Camera.objects.enabled().count()
    return min(capacity, -(-wanted * capacity // total))
