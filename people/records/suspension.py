"""Suspensions: entries of watchlists that raise no alerts, because too many of these were false."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.records.groups import people_within, person_limits
from people.records.person import Person
from people.records.watchlist import Watchlist


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def within_limits_of(self, user: Looker) -> SuspensionQuerySet:
        """Suspensions of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "person_id")) if limits else self

    def holding(self) -> SuspensionQuerySet:
        """Those that nobody has ended."""
        return self.filter(revived_at=None)


class Suspension(models.Model):
    """From when until when somebody raised no alerts by one watchlist. A trigger writes it as an alert is closed.

    It holds for as long as nobody revives the entry, also for somebody who was taken off the list and put on it again.
    Cameras go on recognising the person.
    """

    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="suspensions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="suspensions")
    at = models.DateTimeField(db_default=Now())
    false = models.PositiveIntegerField()
    """How many of the latest alerts were false."""
    closed = models.PositiveIntegerField()
    """How many alerts were looked at."""
    alert_id = models.UUIDField(null=True)
    """The alert, of another app, whose closing was one too many."""
    revived_at = models.DateTimeField(null=True)
    revived_who = models.CharField(max_length=400, blank=True, default="")
    revived_why = models.CharField(max_length=500, blank=True, default="")

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-at", "-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["watchlist", "person"], name="suspension_holds", condition=Q(revived_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="suspension_revived_says_why",
                condition=Q(revived_at=None, revived_who="", revived_why="")
                | (Q(revived_at__isnull=False) & ~Q(revived_who="") & ~Q(revived_why="")),
            ),
            models.CheckConstraint(name="suspension_counts", condition=Q(false__gte=1, closed__gte=models.F("false"))),
        ]

    def __str__(self) -> str:
        return f"suspended after {self.false} false alarms of {self.closed}"
