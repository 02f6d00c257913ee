"""The table of watchlists: named sets of people."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.records.person import Person

MOST_LOOKED_BACK = 100
"""As many closed alerts of one entry are looked at."""
TOO_MANY_FALSE = "It cannot be more than the alerts that are looked at."


class WatchlistQuerySet(models.QuerySet["Watchlist"]):
    def visible_to(self, user: Any) -> WatchlistQuerySet:
        """All lists; none if `user` has no right to see watchlists: to narrow something to one tells who is on it."""
        return self if user is not None and user.has_perm("people.view_watchlist") else self.none()


class Watchlist(models.Model):
    """A named set of people; sightings, searches and reports can be narrowed to it, and rules wait for it."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    people = models.ManyToManyField(Person, related_name="watchlists", blank=True)
    two_people = models.BooleanField(
        "two people decide",
        default=False,
        help_text="One proposes whom to put on it, another one confirms; so are alerts, suspended entries, and rules "
        "that are to be less sure.",
    )
    false_limit = models.PositiveSmallIntegerField(
        "false alarms",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_LOOKED_BACK)],
        help_text="After so many somebody on it raises no alerts any more, until their entry is revived. Empty: never.",
    )
    false_of_last = models.PositiveSmallIntegerField(
        "of the latest alerts",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_LOOKED_BACK)],
        help_text="Of how many closed alerts about the person by this list.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WatchlistQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="watchlist_false_limit_range",
                condition=Q(false_of_last__gte=1, false_of_last__lte=MOST_LOOKED_BACK)
                & (Q(false_limit=None) | Q(false_limit__gte=1, false_limit__lte=F("false_of_last"))),
            )
        ]

    def __str__(self) -> str:
        return self.name
