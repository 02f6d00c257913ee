"""From when until when a camera at an exit saw who leaves: between two of these it saw nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from streams.records.camera import Camera


class ExitWatch(models.Model):
    """A time in which an exit gave pictures. A sweep goes on with the newest one, or begins another after a break.

    What counts is what was seen to work: where no worker ran, nothing says that the exit was down.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="exit_watches")
    began = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        app_label = "streams"
        default_permissions = ()
        indexes = [models.Index(fields=["camera", "-until"], name="exit_watch_newest")]
        constraints = [models.CheckConstraint(name="exit_watch_in_order", condition=Q(until__gte=F("began")))]

    def __str__(self) -> str:
        return f"{self.camera_id} from {self.began:%Y-%m-%d %H:%M:%S} to {self.until:%Y-%m-%d %H:%M:%S}"
