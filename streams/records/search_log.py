"""Every search of the sightings by a face is written down: who looked for whom is to be accounted for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.accounts.api_key import ApiKey
from people.records.groups import person_limits
from streams.records.groups import camera_limits


class SearchLogQuerySet(models.QuerySet["SearchLog"]):
    def within_limits_of(self, user: Any) -> SearchLogQuerySet:
        """All; for whoever is limited to some cameras or people their own, since a search tells of both."""
        return self.filter(by=user) if camera_limits(user) or person_limits(user) else self


class SearchLog(models.Model):
    """One search. The picture is not kept: its digest tells whether it was a certain one."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL, related_name="+")
    """The API key that it came with; None: the person's own login."""
    who = models.CharField(max_length=400)
    """User and key by name, as they were: it outlasts both."""
    at = models.DateTimeField(auto_now_add=True)
    picture_sha256 = models.CharField(max_length=64, blank=True)
    """Hexadecimal, of the uploaded file; empty for a search from a sighting."""
    sighting = models.UUIDField(null=True)
    """The sighting whose face was looked for; no foreign key: the record outlasts it."""
    filters = models.JSONField(default=dict)
    """What was asked for beside the face, by parameter, as it was sent."""
    within = models.FloatField()
    """Distance up to which a sighting was found."""
    engine = models.CharField(max_length=100)
    searched = models.PositiveIntegerField()
    """Sightings that the face was compared with."""
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
        return f"{self.who} at {self.at:%Y-%m-%d %H:%M:%S}"
