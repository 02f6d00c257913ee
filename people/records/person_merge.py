"""Merges of two people: who was merged into whom, and which rows moved, so that they can be separated again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.records.states import MergeState


class PersonMergeQuerySet(models.QuerySet["PersonMerge"]):
    def working(self) -> PersonMergeQuerySet:
        """Merges and separations of so many rows that a worker is still at them: the row is the job."""
        return self.filter(state__in=[MergeState.MERGING, MergeState.SEPARATING])


class PersonMerge(models.Model):
    """One merge. It goes with the kept person: whoever erases them erases what is known of the other, too."""

    old_id = models.UUIDField()
    """The id that the merged person had, and gets back."""
    into = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="merges")
    """The kept person, or the one into whom they were merged later."""
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=MergeState)
    merged_row = models.JSONField(default=dict)
    """The merged person's own columns and their watchlists and groups, as text."""
    kept_row = models.JSONField(default=dict)
    """What the merge changed of the kept person: each column before and after, and the lists that they joined."""
    told_apart = models.JSONField(default=list)
    """Ids of counter-examples by which one of the two was told from the other."""
    dropped = models.PositiveIntegerField(default=0)
    """Photos of files that both had, of which the merge deleted one: no separation brings it back."""
    total = models.PositiveIntegerField(default=0)
    """Rows that move, as counted at the beginning."""
    moved = models.PositiveIntegerField(default=0)
    """Rows that have moved so far."""
    ledger = models.BigIntegerField(null=True)
    """The row that tells of it in the ledger of another app."""

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        app_label = "people"
        verbose_name = "merge"
        ordering = ["-at", "-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["old_id"], name="person_merge_old_id"),
            models.Index(
                fields=["id"],
                name="person_merge_working",
                condition=Q(state__in=[MergeState.MERGING, MergeState.SEPARATING]),
            ),
        ]
        constraints = [models.CheckConstraint(name="person_merge_state", condition=Q(state__in=MergeState.values))]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.into_id}"


class MovedRows(models.Model):
    """Rows of one table that a merge moved by one of its foreign keys, some thousand at most."""

    merge = models.ForeignKey(PersonMerge, on_delete=models.CASCADE, related_name="rows")
    relation = models.CharField(max_length=100)
    """Table and column: "streams.Sighting.person"."""
    ids = models.JSONField()
    """Primary keys of the rows, as text."""

    class Meta:
        app_label = "people"
        verbose_name = "rows moved by a merge"
        verbose_name_plural = "rows moved by merges"
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.ids)} of {self.relation}"
