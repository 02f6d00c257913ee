"""Counter-examples that a merge has set aside: they told the two from each other, and an undo brings them back."""

from __future__ import annotations

from django.db import models
from pgvector.django import VectorField

from people.records.encoding import WIDTH_IS_KNOWN


class SetAsideCounterExample(models.Model):
    """One counter-example that decides nothing while two people are one. It goes with the merge, and with its sighting.

    A table of its own, so that no code that decides by counter-examples meets it. Biometric data of somebody else.
    """

    merge = models.ForeignKey("people.PersonMerge", on_delete=models.CASCADE, related_name="set_aside")
    is_merged = models.BooleanField()
    """Whether it says who the merged person is not; else the kept one."""
    engine = models.CharField(max_length=100)
    vector = VectorField()
    sighting_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=400, blank=True)
    decided = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        verbose_name = "counter-example set aside"
        verbose_name_plural = "counter-examples set aside"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="set_aside_once", fields=["merge", "is_merged", "sighting_id"]),
            models.CheckConstraint(name="set_aside_width", condition=WIDTH_IS_KNOWN),
        ]

    def __str__(self) -> str:
        return f"set aside by merge {self.merge_id}: {self.sighting_id}"
