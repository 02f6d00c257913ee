"""Counter-examples: faces that somebody has said are not a certain person, who was named or suggested for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Min
from django.db.models.functions import Now
from pgvector.django import L2Distance, VectorField

from people.recognition.types import Vector
from people.records.encoding import WIDTH_IS_KNOWN
from people.records.matchable import matchable_people


class CounterExampleQuerySet(models.QuerySet["CounterExample"]):
    def in_gallery(self, engine: str, people: Collection[UUID] | None = None) -> CounterExampleQuerySet:
        """Those made by `engine` of matchable people, or of those among `people`: the ones that decide."""
        rows = self.filter(engine=engine, person__in=matchable_people())
        return rows if people is None else rows.filter(person__in=people)

    def nearest_of_each(self, vector: Vector) -> Any:
        """Returns (person id, distance) of the counter-example of each person that is nearest to `vector`."""
        nearest = self.order_by().values("person").annotate(nearest=Min(L2Distance("vector", vector)))
        return nearest.values_list("person", "nearest")

    def decided_now(self) -> int:
        """Counts one more decision of each; returns how many rows there were."""
        return self.update(decided=models.F("decided") + 1, decided_at=Now())


class CounterExample(models.Model):
    """One encoding that is known not to show a person. Biometric data of somebody else: never shown, never logged."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="counter_examples")
    """Who it is not."""
    engine = models.CharField(max_length=100)
    """See people.records.encoding.Encoding; while the site uses another engine it decides nothing."""
    vector = VectorField()
    sighting_id = models.UUIDField(db_index=True)
    """The sighting that was taken for the person. Another app keeps it, perhaps for a shorter time."""
    at = models.DateTimeField(db_default=Now())
    who = models.CharField(max_length=400, blank=True)
    """The name of whoever said so, at the time; empty: unknown."""
    decided = models.PositiveIntegerField(default=0, db_default=0)
    """Sightings that would have named or suggested the person without it."""
    decided_at = models.DateTimeField(null=True, blank=True)
    """When it last did."""

    objects = CounterExampleQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-at", "-id"]
        verbose_name = "counter-example"
        default_permissions = ()
        """Nobody has a right to read encodings; who may change a person may remove the person's."""
        constraints = [
            models.UniqueConstraint(name="counter_example_once_per_sighting", fields=["person", "sighting_id"]),
            models.CheckConstraint(name="counter_example_width", condition=WIDTH_IS_KNOWN),
        ]

    def __str__(self) -> str:
        return f"not {self.person_id}: {self.sighting_id}"
