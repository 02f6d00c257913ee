"""Encodings: the numbers by which a face is recognised, made from one photo by one engine."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Avg, Count, F, Func, Q
from django.db.models.lookups import In
from pgvector.django import L2Distance, VectorField

from people.accounts.limits import Looker
from people.recognition.types import Vector
from people.records.groups import people_within, person_limits
from people.records.matchable import matchable_people
from people.records.states import PhotoState

WIDTH_IS_KNOWN = Q(In(Func("vector", function="vector_dims", output_field=models.IntegerField()), [128, 256]))
"""The engines of all releases make 128 or 256 numbers."""


class EncodingQuerySet(models.QuerySet["Encoding"]):
    def within_limits_of(self, user: Looker) -> EncodingQuerySet:
        """Encodings of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "photo__person_id")) if limits else self

    def in_gallery(self, engine: str) -> EncodingQuerySet:
        """Encodings made by `engine` of enrolled photos of matchable people: those that recognise."""
        return self.of_matchable().filter(engine=engine, photo__state=PhotoState.ENROLLED)

    def of_matchable(self) -> EncodingQuerySet:
        """Encodings of photos of matchable people."""
        return self.filter(photo__person__in=matchable_people())

    def shares_by_engine(self) -> Any:
        """Returns for each `engine` the number of `people` and `encodings` that its gallery has."""
        return (
            self.of_matchable()
            .filter(photo__state=PhotoState.ENROLLED)
            .values("engine")
            .annotate(people=Count("photo__person", distinct=True), encodings=Count("id"))
            .order_by("engine")
        )

    def nearest_to(self, vector: Vector) -> EncodingQuerySet:
        """Adds `distance` to `vector` (Euclidean, 0 to 2) and sorts by it, nearest first. Exact."""
        return self.annotate(distance=L2Distance("vector", vector)).order_by("distance")

    def people_nearest_to(self, vector: Vector) -> Any:
        """Returns `person` ids with the `distance` of their template (mean, unit length) to `vector`, nearest first."""
        template = Func(Avg("vector"), function="l2_normalize", output_field=VectorField())
        return (
            self.values(person=F("photo__person_id"))
            .annotate(distance=L2Distance(template, vector))
            .order_by("distance")
        )


class Encoding(models.Model):
    """128 or 256 numbers that one engine made from one photo. Biometric data: never shown, never logged."""

    photo = models.ForeignKey("people.Photo", on_delete=models.CASCADE, related_name="encodings")
    engine = models.CharField(max_length=100)
    """Engine, version and preprocessing digest; a gallery never mixes them."""
    vector = VectorField()
    quality = models.FloatField()
    """Quality.overall of the face, 0 to 1."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EncodingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="encoding_once_per_photo_and_engine", fields=["photo", "engine"]),
            models.CheckConstraint(name="encoding_width", condition=WIDTH_IS_KNOWN),
            models.CheckConstraint(name="encoding_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)),
        ]

    def __str__(self) -> str:
        return "what cameras compare a face with"
