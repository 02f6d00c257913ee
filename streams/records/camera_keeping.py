"""For how long data of one camera is kept, where that differs from the schedule of keeping."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from people.records.keeping_term import MOST_DAYS, KeptKind
from streams.records.camera import Camera

COLUMNS = {
    KeptKind.SIGHTINGS_NAMED: "named_days",
    KeptKind.SIGHTINGS_STRANGERS: "strangers_days",
    KeptKind.FOOTAGE: "footage_days",
}
"""The kinds of data of which a camera may have days of its own."""


def _days(words: str) -> models.PositiveIntegerField[int | None, int | None]:
    within = [MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    return models.PositiveIntegerField(words, null=True, blank=True, validators=within)


class CameraKeeping(models.Model):
    """The days of one camera that differ; null: as the schedule says. Whoever keeps the schedule writes it."""

    # As of KeepingTerm, the column is called `id` for the audit.
    camera = models.OneToOneField(
        Camera, on_delete=models.CASCADE, primary_key=True, db_column="id", related_name="keeping"
    )
    named_days = _days("sightings of known people")
    strangers_days = _days("sightings of strangers")
    footage_days = _days("whole pictures and clips")

    class Meta:
        app_label = "streams"
        verbose_name = "keeping of a camera"
        default_permissions = ()
        """It is part of the schedule, and asks for the same rights."""
        constraints = [
            models.CheckConstraint(
                name="camera_keeping_differs",
                condition=Q(named_days__isnull=False) | Q(strangers_days__isnull=False) | Q(footage_days__isnull=False),
            ),
            *(
                models.CheckConstraint(
                    name=f"camera_keeping_{column}",
                    condition=Q(**{column: None}) | Q(**{f"{column}__gte": 1, f"{column}__lte": MOST_DAYS}),
                )
                for column in COLUMNS.values()
            ),
        ]

    def __str__(self) -> str:
        return str(self.camera)

    def days(self) -> dict[str, int]:
        """Returns the days that differ, by kind of data."""
        said = {kind: getattr(self, column) for kind, column in COLUMNS.items()}
        return {kind: days for kind, days in said.items() if days is not None}
