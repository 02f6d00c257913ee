"""Writes down when cameras at exits give pictures, so that presence knows when nobody saw who left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from streams.records.camera import Camera
from streams.records.exit_watch import ExitWatch
from streams.records.states import CameraRole, CameraStateName

# A minute: workers look every five seconds, and a camera that connects anew is away for some.
BREAK = timedelta(minutes=1)
WRITTEN_EVERY = timedelta(seconds=15)
# Two days more than a day of presence is long.
KEPT = timedelta(days=3)


@transaction.atomic
def note_exits(now: datetime) -> None:
    """Notes for each exit that gives pictures at `now` that it did until then. Any number of workers may do so."""
    exits = Camera.objects.filter(enabled=True, role=CameraRole.EXIT).select_related("status")
    seeing = [camera.pk for camera in exits if camera.state_at(now)[0] == CameraStateName.LIVE]
    if not seeing:
        return
    lately = ExitWatch.objects.filter(camera__in=seeing, until__gte=now - BREAK)
    known = set(lately.values_list("camera_id", flat=True))
    lately.filter(until__lt=now - WRITTEN_EVERY).update(until=now)
    if new := set(seeing) - known:
        # Locked: a camera that is being deleted would end the worker with a broken foreign key.
        there = Camera.objects.filter(pk__in=new).order_by("pk").select_for_update(no_key=True, of=("self",))
        ExitWatch.objects.bulk_create(
            [ExitWatch(camera_id=pk, began=now, until=now) for pk in there.values_list("pk", flat=True)]
        )
        ExitWatch.objects.filter(camera__in=new, until__lt=now - KEPT).delete()
