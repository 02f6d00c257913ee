"""Since when a camera has given no pictures: the job of rules that wait for that."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from streams.records.camera import Camera


class CameraOutage(models.Model):
    """There while a camera that should give pictures gives none; a sweep makes the row and deletes it."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="outage")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "streams"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.camera_id} since {self.since:%Y-%m-%d %H:%M:%S}"
