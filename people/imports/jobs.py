"""The tables of imports: an uploaded ZIP is a job, and each of its files gets a line in its report."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from people.accounts.api_key import ApiKey, KeyUser
from people.base.due import has_come
from people.base.site_time import time_words
from people.errors import MayNotImport
from people.records.groups import people_within, person_limits
from people.records.object_names import archive_name
from people.records.states import DUE, UNFINISHED, ImportState

RIGHTS = ("people.add_person", "people.add_photo")
"""An import adds people and photos: users who may add both by hand may import."""
SEES_ALL = ("people.view_person", "people.view_photo")


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, user: Any) -> ImportJobQuerySet:
        """The user's own imports; all imports if they see everybody; none without the right to import."""
        if not user.has_perms(RIGHTS):
            return self.none()
        if user.has_perms(SEES_ALL) and not person_limits(user):
            return self
        # A key sees only its own imports, not those that its owner started by hand.
        own = self.filter(created_by=user.pk)
        return own.filter(key=user.key) if isinstance(user, KeyUser) else own

    def unfinished(self) -> ImportJobQuerySet:
        return self.filter(state__in=UNFINISHED)

    def unanswered(self) -> ImportJobQuerySet:
        """Imports whose question nobody has answered in time."""
        return self.filter(state=ImportState.ASKING, due_at__lte=Now())

    def without_names(self) -> ImportJobQuerySet:
        """Leaves out `names` of up to 500 kB, for pages that do not show them."""
        return self.defer("names")

    def due(self) -> ImportJobQuerySet:
        """Imports that a worker may claim now: new ones, retries, and those of a silent worker; oldest first."""
        return self.filter(has_come("due_at"), state__in=DUE).order_by("due_at", "created_at", "id")


class ImportJob(models.Model):
    """One uploaded ZIP and how far its import has come: the row is the job."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    file = models.FileField(upload_to=archive_name, max_length=200, blank=True, editable=False)
    """The ZIP; deleted when the job ends."""
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    size_bytes = models.BigIntegerField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="imports"
    )

    key = models.ForeignKey("people.ApiKey", on_delete=models.CASCADE, null=True, editable=False)
    """The API key that uploaded it; its limits also apply to the worker."""

    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    """A sentence that says why it failed."""
    entries_total = models.PositiveIntegerField(editable=False)
    """Files in the ZIP, without by-products of operating systems."""
    entries_seen = models.PositiveIntegerField(default=0, editable=False)
    """Files that have a line in the report, counted from the first; the next claim continues after them."""
    people_made = models.PositiveIntegerField(default=0, editable=False)
    people_found = models.PositiveIntegerField(default=0, editable=False)
    photos_added = models.PositiveIntegerField(default=0, editable=False)
    photos_known = models.PositiveIntegerField(default=0, editable=False)
    """Files that their person already had."""
    refused = models.PositiveIntegerField(default=0, editable=False)

    layout = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    """What names a person (imports/layouts.py), as was chosen at the upload; "" for one of an older release."""
    encoding = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    """How the names in the ZIP are read; "" if they say it themselves."""
    names = models.JSONField(null=True, editable=False)
    """The names in the ZIP (imports/entry_names.py) while somebody is asked about them, so that no page reads it."""

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    """Claims since the last file that got its line."""
    claimed_by = models.CharField(max_length=100, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    """When a worker may claim it: now for a new one, at the claim's end while working, later for a retry.

    While it asks, the answer is waited for until then.
    """
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        app_label = "people"
        verbose_name = "import"
        ordering = ["-created_at", "-id"]
        default_permissions = ()  # RIGHTS, the permissions on people and photos, decide
        indexes = [
            models.Index(fields=["due_at"], name="import_due", condition=Q(state__in=DUE)),
            models.Index(fields=["-created_at", "-id"], name="import_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="import_has_its_file_until_it_ends",
                condition=~Q(state__in=UNFINISHED) | ~Q(file=""),
            ),
            models.CheckConstraint(
                name="import_ends_with_a_time",
                condition=Q(state__in=UNFINISHED, finished_at=None) | (~Q(state__in=UNFINISHED) & ~Q(finished_at=None)),
            ),
            models.CheckConstraint(
                name="import_failed_says_why", condition=~Q(state=ImportState.FAILED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="import_sees_no_more_than_there_is", condition=Q(entries_seen__lte=F("entries_total"))
            ),
        ]

    def __str__(self) -> str:
        return self.original_name or f"ZIP file of {time_words(self.created_at)}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def actor(self) -> User:
        """Returns the user who uploaded it, with their current rights and limits.

        Raises MayNotImport if they may no longer import or no longer exist: the worker must not continue with the
        unlimited rights of the system.
        """
        user = User.objects.filter(pk=self.created_by_id).first() if self.created_by_id else None
        if self.key_id:
            key = ApiKey.objects.usable().filter(pk=self.key_id).first()
            if key is None:
                raise MayNotImport("The API key that uploaded it does not work any more.")
            user = KeyUser.of(key)
        if user is None or not (user.is_active and user.has_perms(RIGHTS)):
            raise MayNotImport("Whoever uploaded it may not import people any more.")
        return user


class ImportEntryQuerySet(models.QuerySet["ImportEntry"]):
    def within_limits_of(self, user: Any) -> ImportEntryQuerySet:
        """Lines of people who exist for `user`, and lines without a person."""
        limits = person_limits(user)
        return self.filter(Q(person=None) | people_within(limits, "person_id")) if limits else self


class ImportEntry(models.Model):
    """The result of one file of an import: a line of its report, written in one transaction with the photo."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    """Position in the ZIP, from 0."""
    path = models.CharField(max_length=500)
    person_name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, null=True, related_name="import_entries")
    """None if the file was refused. Deleting a person deletes their lines."""
    photo = models.ForeignKey("people.Photo", on_delete=models.SET_NULL, null=True, related_name="import_entries")
    status = models.CharField(max_length=40)
    """`queued`, `already_there`, or the stable code of a refusal."""
    message = models.CharField(max_length=500, blank=True)

    objects = ImportEntryQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["job", "number"]
        default_permissions = ()
        verbose_name_plural = "import entries"
        constraints = [models.UniqueConstraint(name="import_entry_once", fields=["job", "number"])]

    def __str__(self) -> str:
        return self.path
