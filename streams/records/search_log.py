"""The log of searches of sightings by a face, which shows afterwards who looked for whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.accounts.api_key import ApiKey
from people.base.site_time import time_words
from people.records.groups import person_limits
from streams.records.groups import camera_limits


class SearchLogQuerySet(models.QuerySet["SearchLog"]):
    def within_limits_of(self, user: Any) -> SearchLogQuerySet:
        """All searches; only the user's own if they are limited, because a search names cameras and people."""
        return self.filter(by=user) if camera_limits(user) or person_limits(user) else self


class SearchLog(models.Model):
    """One search. It does not keep the picture, only a digest, which proves whether a given picture was used."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL, related_name="+")
    """The API key that made the search; None for a user's own login."""
    who = models.CharField(max_length=400)
    """Names of user and key at the time of the search; they outlast both rows."""
    at = models.DateTimeField(auto_now_add=True)
    picture_sha256 = models.CharField(max_length=64, blank=True)
    """Hexadecimal digest of the uploaded file; empty for a search from a sighting."""
    sighting = models.UUIDField(null=True)
    """The sighting whose face was looked for. It is no foreign key, because the log outlasts the sighting."""
    filters = models.JSONField(default=dict)
    """The filters besides the face: parameters with the values that were sent."""
    within = models.FloatField()
    """Distance up to which a sighting was found."""
    engine = models.CharField(max_length=100)
    searched = models.PositiveIntegerField(null=True)
    """Sightings that the face was compared with; null: the index was asked."""
    found = models.PositiveIntegerField()
    """Sightings that were shown."""

    objects = SearchLogQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-at", "-id"]
        verbose_name = "search"
        verbose_name_plural = "searches"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["-at", "-id"], name="search_newest")]
        constraints = [
            models.CheckConstraint(
                name="search_for_one_face",
                condition=Q(picture_sha256="", sighting__isnull=False) | ~Q(picture_sha256="") & Q(sighting=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who} at {time_words(self.at)}"
