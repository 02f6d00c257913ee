"""When each kind of data was last brought in line with the schedule of keeping, and what came of it."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from people.records.keeping_term import KeptKind


class KeepingRun(models.Model):
    """The last run of one kind. One that has begun and not ended works, or was killed: the next one goes on."""

    kind = models.CharField(max_length=20, choices=KeptKind, primary_key=True)
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    deleted = models.PositiveBigIntegerField(default=0)
    """How many rows of this kind went; of pictures and clips, how many files."""
    oldest_at = models.DateTimeField(null=True)
    """From when the oldest is that was left at the end; None: nothing was, or nothing ever goes by itself."""
    due_at = models.DateTimeField(null=True)
    """When the first of what was left is to go; None: nothing is."""
    fault = models.CharField(max_length=500, blank=True)
    """Why it broke off; "": it did not."""

    class Meta:
        app_label = "people"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="keeping_run_kind_is_known", condition=Q(kind__in=KeptKind.values)),
            models.CheckConstraint(
                name="keeping_run_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.deleted} deleted"

    @property
    def took(self) -> timedelta | None:
        return self.ended_at - self.began_at if self.ended_at else None
