"""Sightings that were erased and may be going on: a tombstone, so that a camera does not write them again."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class ErasedSighting(models.Model):
    """A sighting that was erased while its camera may still have seen it: nothing the camera says of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    erasure = models.ForeignKey("streams.Erasure", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "streams"
        default_permissions = ()
        indexes = [models.Index(fields=["at"], name="erased_sighting_age")]

    def __str__(self) -> str:
        return f"{self.id}, erased"
