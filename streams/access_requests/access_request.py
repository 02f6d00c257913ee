"""The table of access requests: each is one answer to somebody who asked what the site has about them, and its job."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from people.records.person import Person
from streams.jobs.job_row import UNENDED, JobRow, JobRowQuerySet, JobState, is_limited

RIGHT = "streams.answer_accessrequest"
KEPT = timedelta(days=7)
"""How long the ZIP is kept: everything about somebody in one file is not to lie about."""


def answer_name(request: object, filename: str) -> str:
    """Returns a random name, so that no person's name reaches the bucket."""
    return f"access-requests/{uuid4().hex}.zip"


class AccessRequestQuerySet(JobRowQuerySet):
    def visible_to(self, user: Any) -> Any:
        """All; none without the right to see them, or for whoever is limited to some groups."""
        return self if user.has_perm("streams.view_accessrequest") and not is_limited(user) else self.none()


class AccessRequest(JobRow):
    """One answer. The ZIP is deleted after KEPT; the row stays as long as the person, and says that they asked."""

    rights = (RIGHT,)
    spent = ("file",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_requests", editable=False)
    request = models.TextField(max_length=1_000)
    """When and how they asked, and how it was made sure that it was them."""
    site = models.CharField(max_length=200, blank=True, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    """Sightings that it will hold."""
    done = models.PositiveIntegerField(default=0, editable=False)
    file = models.FileField(upload_to=answer_name, max_length=200, blank=True, editable=False)
    size_bytes = models.BigIntegerField(default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("answer_accessrequest", "Can gather everything about one person, for them")]
        indexes = [
            models.Index(fields=["due_at"], name="access_request_due", condition=Q(state__in=UNENDED)),
            models.Index(fields=["-created_at", "-id"], name="access_request_newest"),
        ]
        constraints = [
            models.CheckConstraint(name="access_request_says_how", condition=~Q(request="")),
            models.CheckConstraint(name="access_request_done_of_total", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="access_request_ends_with_a_time",
                condition=Q(state__in=UNENDED, finished_at=None) | (~Q(state__in=UNENDED) & ~Q(finished_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"access request of {self.created_at:%Y-%m-%d}"

    @property
    def is_downloadable(self) -> bool:
        return self.state == JobState.DONE and bool(self.file)

    @property
    def kept_until(self) -> datetime | None:
        """When its ZIP is deleted; None while there is none."""
        return self.finished_at + KEPT if self.is_downloadable and self.finished_at else None
