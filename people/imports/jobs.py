"""Imports of many people's photos: the uploaded ZIP is a job, and each file in it leaves a line of its report."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from people.accounts.api_key import ApiKey, KeyUser
from people.errors import MayNotImport
from people.records.groups import people_within, person_limits
from people.records.object_names import archive_name
from people.records.states import UNFINISHED, ImportState

RIGHTS = ("people.add_person", "people.add_photo")
"""An import adds people and photos: whoever may do both by hand may import."""
SEES_ALL = ("people.view_person", "people.view_photo")


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, user: Any) -> ImportJobQuerySet:
        """One's own, or all for those who may import and see everybody; none without the right to import."""
        if not user.has_perms(RIGHTS):
            return self.none()
        if user.has_perms(SEES_ALL) and not person_limits(user):
            return self
        # A key that is limited does not see what its owner imports by hand.
        own = self.filter(created_by=user.pk)
        return own.filter(key=user.key) if isinstance(user, KeyUser) else own

    def unfinished(self) -> ImportJobQuerySet:
        return self.filter(state__in=UNFINISHED)

    def due(self) -> ImportJobQuerySet:
        """Those that may be claimed now: new ones, retries, and those whose worker fell silent; oldest first."""
        return self.unfinished().filter(due_at__lte=Now()).order_by("due_at", "created_at", "id")


class ImportJob(models.Model):
    """One uploaded ZIP and what became of it: the row is the job."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    file = models.FileField(upload_to=archive_name, max_length=200, blank=True, editable=False)
    """The ZIP, until the job has ended."""
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    size_bytes = models.BigIntegerField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="imports"
    )

    key = models.ForeignKey("people.ApiKey", on_delete=models.CASCADE, null=True, editable=False)
    """The API key that it came with, whose limits hold for the worker too."""

    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    """Why it failed, in a sentence."""
    entries_total = models.PositiveIntegerField(editable=False)
    """Files in the ZIP, by-products of operating systems left out."""
    entries_seen = models.PositiveIntegerField(default=0, editable=False)
    """So many of them, from the first, have their line: where the next claim goes on."""
    people_made = models.PositiveIntegerField(default=0, editable=False)
    people_found = models.PositiveIntegerField(default=0, editable=False)
    photos_added = models.PositiveIntegerField(default=0, editable=False)
    photos_known = models.PositiveIntegerField(default=0, editable=False)
    """Files that their person had already."""
    refused = models.PositiveIntegerField(default=0, editable=False)

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    """Claims since the last file that was got through."""
    claimed_by = models.CharField(max_length=100, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    """Not to be claimed before: now for a new one, the claim's end while working, later for a retry."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        app_label = "people"
        verbose_name = "import"
        ordering = ["-created_at", "-id"]
        default_permissions = ()  # those of people and photos decide: RIGHTS
        indexes = [
            models.Index(fields=["due_at"], name="import_due", condition=Q(state__in=UNFINISHED)),
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
        return self.original_name or str(self.id)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def actor(self) -> User:
        """Whoever uploaded it, with the rights and limits that hold now.

        Raises MayNotImport when they may not import any more, or do not exist: the system itself, whom nothing
        limits, does not go on in their place.
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
        """Lines of people who exist for `user`, and of nobody: the others are gone as those of the deleted are."""
        limits = person_limits(user)
        return self.filter(Q(person=None) | people_within(limits, "person_id")) if limits else self


class ImportEntry(models.Model):
    """What became of one file of an import: a line of its report, written with the photo in one transaction."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    """Its place in the ZIP, from 0."""
    path = models.CharField(max_length=500)
    person_name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, null=True, related_name="import_entries")
    """None when it was refused. Lines of people who are deleted go with them."""
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
