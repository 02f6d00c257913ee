"""The table of cases: each is a bundle of sightings that is handed over, and the job that makes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from people.records.keeping_term import MOST_DAYS, KeptKind, days_kept
from streams.jobs.job_row import UNENDED, JobRow, JobRowQuerySet, JobState

RIGHTS = ("streams.view_sighting", "streams.export_case")
"""Whoever hands sightings over must be able to see them."""


def case_name(case: object, filename: str) -> str:
    """Returns a random name, so that no person's name reaches the bucket."""
    return f"cases/{uuid4().hex}.zip"


class CaseQuerySet(JobRowQuerySet):
    def visible_to(self, user: Any) -> Any:
        """The same as within_limits_of; none if `user` has no right to see cases."""
        return self.within_limits_of(user) if user.has_perm("streams.view_case") else self.none()

    def unasked(self) -> Any:
        """Without the lists of ids, which can be 40 kB each, for pages that do not need them."""
        return self.defer("asked_ids", "people", "cameras")


class Case(JobRow):
    """One bundle. The schedule of keeping deletes the ZIP; the row stays and says who handed over what, and why."""

    rights = RIGHTS

    title = models.CharField(max_length=200)
    reason = models.TextField(max_length=2_000)
    """Why it is handed over, and to whom."""
    asked = models.JSONField(default=list, editable=False)
    """What was asked for, in words: a list of [label, value]."""
    asked_ids = models.JSONField(default=list, editable=False)
    """The ids of the sightings, in the order of time, as they were when somebody asked."""
    video = models.ForeignKey("streams.Video", null=True, on_delete=models.SET_NULL, editable=False, related_name="+")
    """The analysed video whose sightings they are; null: they are those of cameras."""
    site = models.CharField(max_length=200, blank=True, editable=False)
    """The site's address, where its public keys are published: https://faces.example."""
    total = models.PositiveIntegerField(editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    """Sightings that are in the ZIP so far; fewer than `total` at the end if some were deleted meanwhile."""

    file = models.FileField(upload_to=case_name, max_length=200, blank=True, editable=False)
    size_bytes = models.BigIntegerField(default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    """Of the whole ZIP, to name it by in a letter."""
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    """Of the key that signed it."""
    people = models.JSONField(default=list, editable=False)
    """Ids of everybody whom it names: whoever downloads it must be allowed to see them all."""
    cameras = models.JSONField(default=list, editable=False)
    shows_everybody = models.BooleanField(default=True, editable=False)
    """Whether it was made by somebody who may see everybody: it then says how near unknown faces came to people."""
    shows_exactly = models.BooleanField(default=True, editable=False)
    """Whether it shows exact distances, which only those read who have the right to read encodings."""

    objects = CaseQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("export_case", "Can hand sightings over as cases")]
        indexes = [
            models.Index(fields=["due_at"], name="case_due", condition=Q(state__in=UNENDED)),
            models.Index(fields=["-created_at", "-id"], name="case_newest"),
        ]
        constraints = [
            models.CheckConstraint(name="case_has_a_title_and_a_reason", condition=~Q(title="") & ~Q(reason="")),
            models.CheckConstraint(
                name="case_ends_with_a_time",
                condition=Q(state__in=UNENDED, finished_at=None) | (~Q(state__in=UNENDED) & ~Q(finished_at=None)),
            ),
            models.CheckConstraint(name="case_failed_says_why", condition=~Q(state=JobState.FAILED) | ~Q(problem="")),
            models.CheckConstraint(name="case_of_some", condition=Q(total__gte=1) & Q(done__lte=F("total"))),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_downloadable(self) -> bool:
        return self.state == JobState.DONE and bool(self.file)

    @property
    def kept_until(self) -> datetime | None:
        """When its ZIP is deleted; None while there is none."""
        if not self.is_downloadable or self.finished_at is None:
            return None
        return self.finished_at + timedelta(days=days_kept(KeptKind.CASES) or MOST_DAYS)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total
