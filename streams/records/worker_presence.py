"""Which workers are there now, and how many cameras each could run: so that they can share fairly."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class PresenceQuerySet(models.QuerySet["WorkerPresence"]):
    def here(self) -> PresenceQuerySet:
        """Workers that have said so lately, by the database's clock."""
        return self.filter(expires_at__gt=Now())

    def total_capacity(self) -> int:
        """Cameras that all workers together could run."""
        return int(self.here().aggregate(total=models.Sum("capacity"))["total"] or 0)


class WorkerPresence(models.Model):
    """One recognition worker; renewed with its leases, and as long-lived as they are."""

    holder = models.CharField(max_length=100, primary_key=True)
    """As in CameraStatus.lease_holder."""
    capacity = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "worker presence"

    def __str__(self) -> str:
        return f"{self.holder} ({self.capacity})"
