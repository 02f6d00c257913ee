"""Mean encodings of sightings: searches compare them; they are kept for a limited time and never shown.

Most of them are of people who were never asked for consent. They have their own table, so that code that reads
sightings does not read them too.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from pgvector.django import HalfVectorField, HnswIndex, VectorField

from people.records.encoding import WIDTH_IS_KNOWN
from people.records.keeping_term import KeptKind, days_kept
from streams.pipeline.messages import MeanEncoding

if TYPE_CHECKING:
    from streams.records.sighting import Sighting


def has_width(width: int, column: str = "vector") -> Q:
    """Returns the condition that an encoding has `width` numbers: that of the index of these."""
    return Q(Exact(Func(column, function="vector_dims", output_field=models.IntegerField()), width))


def indexed_vector(width: int, column: str = "vector") -> Cast:
    """Returns the encoding as the index of its width has it: numbers of 16 bits take half the room."""
    return Cast(column, HalfVectorField(dimensions=width))


def _near(width: int) -> HnswIndex:
    """Returns the index that finds near encodings of one width; there is none over several."""
    return HnswIndex(
        OpClass(indexed_vector(width), name="halfvec_l2_ops"),
        name=f"sighting_encoding_near_{width}",
        condition=has_width(width),
        m=16,
        ef_construction=64,
    )


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
        indexes = [models.Index(fields=["engine"], name="sighting_encoding_engine"), _near(128), _near(256)]
        constraints = [
            models.CheckConstraint(name="sighting_encoding_width", condition=WIDTH_IS_KNOWN),
            models.CheckConstraint(
                name="sighting_encoding_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} of {self.sighting_id}"


def keep_encoding(*, sighting: Sighting, encoding: MeanEncoding) -> None:
    """Writes or replaces the encoding of `sighting`; does nothing if the schedule of keeping keeps none."""
    if not days_kept(KeptKind.ENCODINGS):
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
