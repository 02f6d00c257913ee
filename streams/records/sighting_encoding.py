"""Mean encodings of sightings: searches compare them; they are kept for a limited time and never shown.

Most of them are of people who were never asked for consent. They have their own table, so that code that reads
sightings does not read them too.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from people.records.encoding import WIDTH_IS_KNOWN
from streams.pipeline.messages import MeanEncoding

if TYPE_CHECKING:
    from streams.records.sighting import Sighting


class SightingEncodingQuerySet(models.QuerySet["SightingEncoding"]):
    def seen_before(self, moment: datetime) -> SightingEncodingQuerySet:
        """Encodings of sightings last seen before `moment`."""
        return self.filter(sighting__last_seen_at__lt=moment)


class SightingEncoding(models.Model):
    """128 or 256 numbers, the mean of a sighting's encodings. Biometric data: never shown, never logged."""

    sighting = models.OneToOneField(
        "streams.Sighting", on_delete=models.CASCADE, primary_key=True, related_name="encoding"
    )
    engine = models.CharField(max_length=100)
    """See people.records.encoding.Encoding; encodings of different engines are never compared."""
    vector = VectorField()
    quality = models.FloatField()
    """Quality.overall of the sighting's best face, 0 to 1."""

    objects = SightingEncodingQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        default_permissions = ()
        """Nobody has a right to read encodings; a search returns sightings."""
        constraints = [
            models.CheckConstraint(name="sighting_encoding_width", condition=WIDTH_IS_KNOWN),
            models.CheckConstraint(
                name="sighting_encoding_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} of {self.sighting_id}"


def keep_encoding(*, sighting: Sighting, encoding: MeanEncoding) -> None:
    """Writes or replaces the encoding of `sighting`; does nothing if SIGHTING_ENCODINGS_KEEP_DAYS is 0."""
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
