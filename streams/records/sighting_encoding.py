"""What past sightings are searched by: the mean encoding of each sighting, kept for a while and never shown.

Most of them are of people who were never asked. A table of its own, so that nothing which reads sightings reads them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from streams.pipeline.messages import MeanEncoding

if TYPE_CHECKING:
    from streams.records.sighting import Sighting


class SightingEncodingQuerySet(models.QuerySet["SightingEncoding"]):
    def seen_before(self, moment: datetime) -> SightingEncodingQuerySet:
        """Of sightings that were last seen before `moment`."""
        return self.filter(sighting__last_seen_at__lt=moment)


class SightingEncoding(models.Model):
    """128 numbers of unit length: the mean of a sighting's encodings. Biometric data: never shown, never logged."""

    sighting = models.OneToOneField(
        "streams.Sighting", on_delete=models.CASCADE, primary_key=True, related_name="encoding"
    )
    engine = models.CharField(max_length=100)
    """As people.records.encoding.Encoding: those of different engines are never compared."""
    vector = VectorField(dimensions=128)
    quality = models.FloatField()
    """Quality.overall of the sighting's best face, 0 to 1."""

    objects = SightingEncodingQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        default_permissions = ()
        """Nobody reads them: whoever may search gets the sightings."""
        constraints = [
            models.CheckConstraint(
                name="sighting_encoding_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} of {self.sighting_id}"


def keep_encoding(*, sighting: Sighting, encoding: MeanEncoding) -> None:
    """Write or replace what `sighting` is found by; nothing where none are to be kept."""
    if not settings.SIGHTING_ENCODINGS_KEEP_DAYS:
        return
    row = SightingEncoding(
        sighting=sighting,
        engine=encoding.engine,
        vector=np.frombuffer(encoding.vector, np.float32),
        quality=min(1.0, max(0.0, float(encoding.quality))),
    )
    SightingEncoding.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["sighting"], update_fields=["engine", "vector", "quality"]
    )
