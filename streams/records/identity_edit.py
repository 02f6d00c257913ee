"""The ledger: who said about whom, when and where, that they are somebody else than it stood before."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.records.groups import person_limits
from people.records.person import Person
from streams.records.groups import camera_limits
from streams.records.states import EditKind, EditState, StoredVerdict

EDITED: dict[EditKind, str] = {
    EditKind.IS: "corrected",
    EditKind.IS_NOT: "corrected",
    EditKind.NO_FACE: "corrected",
    EditKind.CONFIRM: "confirmed",
    EditKind.NAME: "named",
    EditKind.IS_SOMEBODY: "named",
    EditKind.JOIN: "joined",
    EditKind.SPLIT: "split",
}


class IdentityEditQuerySet(models.QuerySet["IdentityEdit"]):
    def within_limits_of(self, user: Looker) -> IdentityEditQuerySet:
        """All edits; only the user's own if they are limited, because an edit names cameras and people."""
        if user is None or not (camera_limits(user) or person_limits(user)):
            return self
        return self.filter(by=user.pk)

    def visible_to(self, user: Any) -> IdentityEditQuerySet:
        """The same as within_limits_of; none if `user` has no right to see edits."""
        return self.within_limits_of(user) if user.has_perm("streams.view_identityedit") else self.none()

    def first_by_time(self, limit: int, *, ascending: bool = False) -> IdentityEditQuerySet:
        """Returns the first `limit` rows, newest first unless `ascending`."""
        return self.order_by(*(("at", "id") if ascending else ("-at", "-id")))[:limit]

    def working(self) -> IdentityEditQuerySet:
        """Edits of so many sightings that a worker is still at them: the row is the job."""
        return self.filter(state=EditState.WORKING)


class IdentityEdit(models.Model):
    """One thing that somebody said about identities. Rows are only added; an undo is a row that names another.

    People and strangers are ids without a foreign key: the ledger outlasts them, and keeps no name of somebody erased.
    """

    at = models.DateTimeField(db_default=Now())
    """By the database's clock."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    who = models.CharField(max_length=400)
    """Names of the user, and of the API key if it was one, at the time; they outlast both rows."""
    page = models.CharField(max_length=200, blank=True)
    """The address of the page, or of the API, where it was done: "/sightings/…/"."""
    kind = models.CharField(max_length=12, choices=EditKind)
    person = models.UUIDField(null=True)
    """Whom it was about: who it is, who it is not, the new person, or the one who was kept in a merge."""
    other_person = models.UUIDField(null=True)
    """The person who was merged into `person`."""
    stranger = models.UUIDField(null=True)
    other_stranger = models.UUIDField(null=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    detail = models.JSONField(default=dict)
    """What else is to be known: what an undo could not restore and why, the row of a merged person."""
    state = models.CharField(max_length=10, choices=EditState, default=EditState.DONE)
    cursor = models.BigIntegerField(null=True)
    """The id of the last EditedSighting that a long edit has come to."""
    total = models.PositiveIntegerField(default=0)
    """How many sightings it is about."""
    changed = models.PositiveIntegerField(default=0)
    """How many of them it has changed so far."""

    objects = IdentityEditQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-at", "-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-at", "-id"], name="identity_edit_newest"),
            models.Index(fields=["kind", "-at", "-id"], name="identity_edit_kind_newest"),
            models.Index(
                fields=["person", "-at", "-id"], name="identity_edit_person", condition=Q(person__isnull=False)
            ),
            models.Index(
                fields=["stranger", "-at", "-id"], name="identity_edit_stranger", condition=Q(stranger__isnull=False)
            ),
            models.Index(fields=["id"], name="identity_edit_working", condition=Q(state=EditState.WORKING)),
        ]
        constraints = [
            models.CheckConstraint(name="identity_edit_kind", condition=Q(kind__in=EditKind.values)),
            models.CheckConstraint(name="identity_edit_state", condition=Q(state__in=EditState.values)),
            models.CheckConstraint(
                name="identity_edit_undoes",
                condition=Q(kind=EditKind.UNDO, undoes__isnull=False) | ~Q(kind=EditKind.UNDO) & Q(undoes=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.who} at {self.at:%Y-%m-%d %H:%M:%S}"

    def in_words(self) -> str:
        """Returns what stands beside a sighting that it changed: "corrected by Ann"."""
        return f"{EDITED.get(EditKind(self.kind), 'edited')} by {self.who}"


class EditedSighting(models.Model):
    """What a sighting was before an edit, so that an undo can restore it. It goes with the sighting."""

    edit = models.ForeignKey(IdentityEdit, on_delete=models.CASCADE, related_name="sightings")
    sighting = models.ForeignKey("streams.Sighting", on_delete=models.CASCADE, related_name="edits")
    previous_edit = models.ForeignKey(
        IdentityEdit, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    """The edit that held before; null: nobody had edited it, and `verdict` and `person` are the machine's."""
    verdict = models.CharField(max_length=10, choices=StoredVerdict)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    """Null for a name, if that person was deleted meanwhile: it cannot be restored."""
    stranger = models.ForeignKey("streams.Stranger", null=True, on_delete=models.SET_NULL, related_name="+")
    is_no_face = models.BooleanField(default=False)
    stranger_due = models.BooleanField(default=False)

    class Meta:
        app_label = "streams"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="edited_sighting_once", fields=["edit", "sighting"]),
            models.CheckConstraint(
                name="edited_sighting_unknown_is_nobody",
                condition=~Q(verdict=StoredVerdict.UNKNOWN) | Q(person=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sighting_id} before edit {self.edit_id}"
