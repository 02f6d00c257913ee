"""The columns of a row that is a job: its state, who works on it, until when, and how far that has come."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.accounts.api_key import ApiKey, KeyUser
from people.base.due import has_come
from people.base.history import Actor
from people.records.groups import person_limits
from streams.errors import NoLongerAllowed
from streams.records.groups import camera_limits


class JobState(models.TextChoices):
    """The state of a job."""

    WAITING = "waiting", "waiting"
    WORKING = "working", "being made"
    DONE = "done", "done"
    FAILED = "failed", "failed"


UNENDED = (JobState.WAITING, JobState.WORKING)
ATTEMPTS = 5


class JobRowQuerySet(models.QuerySet[Any]):
    def within_limits_of(self, user: Any) -> Any:
        """The user's own jobs, and a key's own; everybody's if nothing limits the user."""
        own = Q(key=user.key) if isinstance(user, KeyUser) else Q(created_by=user.pk)
        return self.filter(own) if isinstance(user, KeyUser) or is_limited(user) else self

    def unended(self) -> Any:
        return self.filter(state__in=UNENDED)

    def due(self) -> Any:
        """Jobs that a worker may claim now: new ones, retries, and those of a silent worker; oldest first."""
        return self.unended().filter(has_come("due_at")).order_by("due_at", "created_at", "id")


def is_limited(user: Any) -> bool:
    return bool(camera_limits(user) or person_limits(user))


class JobRow(models.Model):
    """Abstract. Whoever asked for it, with their rights and limits, is looked up again whenever it goes on."""

    rights: tuple[str, ...] = ()
    """The rights that whoever asked for it needs until it is done."""
    spent: tuple[str, ...] = ()
    """File fields whose files are deleted if the job fails."""
    gives_up_after: int | None = ATTEMPTS
    """Attempts after which it has failed; None: it is tried until it is done."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, null=True, editable=False, related_name="+")
    """The API key that asked for it; its limits apply to the worker, too."""
    who = models.CharField(max_length=400, editable=False)
    """Names of user and key at the time; they outlast both rows."""
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    """A sentence that says why it failed, or why it is tried again."""
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    claimed_by = models.CharField(max_length=100, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    """When a worker may claim it: now for a new one, at the claim's end while working, later for a retry."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_ended(self) -> bool:
        return self.finished_at is not None

    def actor(self) -> User:
        """Returns the user who asked for it, with their current rights and limits. Raises NoLongerAllowed."""
        user = User.objects.filter(pk=self.created_by_id).first() if self.created_by_id else None
        if self.key_id:
            key = ApiKey.objects.usable().filter(pk=self.key_id).first()
            if key is None:
                raise NoLongerAllowed("The API key that asked for it does not work any more.")
            user = KeyUser.of(key)
        if user is None or not (user.is_active and user.has_perms(self.rights)):
            raise NoLongerAllowed("Whoever asked for it has lost the right to it.")
        return user


def key_of(by: Actor) -> ApiKey | None:
    return by.key if isinstance(by, KeyUser) else None
