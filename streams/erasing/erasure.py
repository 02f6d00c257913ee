"""The tables of erasures: the job, what it has erased so far, and the certificate at its end."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q

from people.accounts.api_key import ApiKey
from streams.jobs.job_row import UNENDED, JobRow, JobRowQuerySet, JobState, is_limited

RIGHT = "streams.erase_person"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people confuse when they read a reference aloud."""


def new_reference() -> str:
    """Returns a random name for a certificate, such as "E-7KQM-X2PA-9RTD": 60 bits, and nothing of the person."""
    return "-".join(["E", *("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))])


def certificate_name(certificate: ErasureCertificate, filename: str) -> str:
    """Returns the name of a certificate in the storage: a restore finds all of them in one folder."""
    return f"erasures/{certificate.reference}.json"


class ErasureQuerySet(JobRowQuerySet):
    def visible_to(self, user: Any) -> Any:
        """All erasures; none without the right to see them, or for whoever is limited to some groups."""
        return self if user.has_perm("streams.view_erasure") and not is_limited(user) else self.none()

    def of_person(self, person: Any) -> Any:
        return self.unended().filter(person_id=person)


class Erasure(JobRow):
    """One erasure. It never gives up: whoever asked for it was entitled to it, whatever became of them since."""

    gives_up_after = None

    key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    """Whoever deletes the key does not stop the erasure."""
    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    person_id = models.UUIDField(null=True, editable=False)
    """Who is erased; null once they are."""
    ids = models.JSONField(default=list, editable=False)
    """All ids that they had, those of people who were merged into them included; empty once they are erased."""
    request = models.TextField(max_length=1_000)
    """On what request: the date or number of a letter, without a name."""
    nameless = models.BooleanField(default=False, editable=False)
    """Whether sightings stay as times without a name, face or picture; else they are deleted."""
    site = models.CharField(max_length=200, blank=True, editable=False)
    """The site's address, where its public keys are published; "" if it is asked for by a schedule."""
    trace_key = models.CharField(max_length=16, blank=True, editable=False)
    """Which key the traces are made with (traces.py)."""
    engines = models.JSONField(default=dict, editable=False)
    """Number of encodings by the engine that made them."""
    handed_over = models.JSONField(default=list, editable=False)
    """Files that showed them and were fetched before: {"what", "id", "made_at", "fetched"}."""
    total = models.PositiveIntegerField(default=0, editable=False)
    """Sightings that there were at the beginning."""
    done = models.PositiveIntegerField(default=0, editable=False)
    """Sightings that are erased so far."""

    objects = ErasureQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("erase_person", "Can erase people for good, with a certificate")]
        indexes = [
            models.Index(fields=["due_at"], name="erasure_due", condition=Q(state__in=UNENDED)),
            models.Index(fields=["-created_at", "-id"], name="erasure_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="erasure_once_at_a_time", fields=["person_id"], condition=Q(state__in=UNENDED)
            ),
            models.CheckConstraint(name="erasure_on_a_request", condition=~Q(request="")),
            models.CheckConstraint(
                name="erasure_ends_with_a_time",
                condition=Q(state__in=UNENDED, finished_at=None) | (~Q(state__in=UNENDED) & ~Q(finished_at=None)),
            ),
            models.CheckConstraint(
                name="erasure_done_forgets_whom", condition=~Q(state=JobState.DONE) | Q(person_id=None)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


class ErasedPart(models.Model):
    """What one step has erased: written in the transaction that deletes the rows, so that no count is lost.

    Their objects are deleted after it. The row goes when the certificate, which holds its traces, is there.
    """

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=80)
    """What it was: a model's label, or "object:" and a folder of the storage."""
    number = models.PositiveIntegerField()
    traces = models.BinaryField()
    """The traces of all of them, one after another."""
    waiting = models.JSONField(default=list)
    """Names of objects that are still to be deleted."""

    class Meta:
        app_label = "streams"
        default_permissions = ()
        indexes = [models.Index(fields=["erasure", "kind"], name="erased_part_kind")]

    def __str__(self) -> str:
        return f"{self.number} of {self.kind}"


class ErasureCertificate(models.Model):
    """The signed end of one erasure. A trigger refuses to change or delete it."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    file = models.FileField(upload_to=certificate_name, max_length=200, editable=False)
    """The same text in the storage, where a restore finds it whatever became of the database."""
    text = models.TextField(editable=False)
    """The JSON of the file (certificate.py); up to some megabytes, so lists leave it out."""

    class Meta:
        app_label = "streams"
        ordering = ["-made_at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.reference
