"""The table of workers that are running now, and how many cameras each can run, so that they share fairly."""

from __future__ import annotations

from django.db import models

from people.base.due import LONGEST_LEASE, has_come


class PresenceQuerySet(models.QuerySet["WorkerPresence"]):
    def here(self) -> PresenceQuerySet:
        """Workers whose presence has not expired, by the database's clock."""
        return self.exclude(has_come("expires_at", LONGEST_LEASE))

    def total_capacity(self) -> int:
        """Returns how many cameras all workers together can run."""
        return int(self.here().aggregate(total=models.Sum("capacity"))["total"] or 0)


class WorkerPresence(models.Model):
    """One recognition worker. It renews this row with its leases, and the row lasts as long as they do."""

    holder = models.CharField(max_length=100, primary_key=True)
    """The same name as in CameraStatus.lease_holder."""
    capacity = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "worker presence"

    def __str__(self) -> str:
        return f"{self.holder} ({self.capacity})"
