"""Strangers: each is one unknown person over all cameras and visits, without a name and with nothing enrolled.

Their encodings are biometric data of people who were never asked for consent. They have a table of their own, so that
code that reads strangers does not read them too, and they go with the stranger.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from pgvector.django import VectorField

from people.accounts.limits import Looker
from people.records.encoding import WIDTH_IS_KNOWN
from people.records.groups import people_within, person_limits
from people.records.person import Person
from streams.records.groups import camera_limits
from streams.records.sighting import Sighting
from streams.records.states import StrangerState


class StrangerQuerySet(models.QuerySet["Stranger"]):
    def within_limits_of(self, user: Looker) -> StrangerQuerySet:
        """Strangers who exist for `user`: a camera that they may see saw them, and whoever has their name is shown.

        A limited user must count the stranger's sightings within their own limits: the columns of the row
        (`sightings`, `first_seen_at`, `last_seen_at`) are those of all cameras.
        """
        rows, people = self, person_limits(user)
        if people:
            rows = rows.filter(Q(person=None) | people_within(people, "person_id"))
        if camera_limits(user):
            seen = Sighting.objects.within_limits_of(user).filter(stranger=OuterRef("pk"))
            rows = rows.filter(Exists(seen))
        return rows

    def visible_to(self, user: Any) -> StrangerQuerySet:
        """The same as within_limits_of; none if `user` has no right to see strangers."""
        return self.within_limits_of(user) if user.has_perm("streams.view_stranger") else self.none()


class Stranger(models.Model):
    """One unknown person. Forgetting somebody deletes the row; the sightings stay, without their encodings."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, null=True, blank=True)
    """What people call them by: "Stranger 12". Null until they have been seen often or long enough for a card."""
    state = models.CharField(max_length=10, choices=StrangerState, default=StrangerState.OPEN)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="strangers")
    """Who they turned out to be (state "named"). Whoever erases that person erases what was known of the stranger."""
    into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="joined")
    """The stranger whom they were joined with (state "joined"): that one has the sightings now."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    sightings = models.PositiveIntegerField(default=0)
    """Number of their sightings by all cameras."""
    resembles = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="resembled_by")
    """A stranger who is probably the same: too far for joining them without asking, near enough to ask."""
    resembles_distance = models.FloatField(null=True, blank=True)
    """Distance between the means of the two, Euclidean, 0 to 2."""

    objects = StrangerQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        default_permissions = ("view",)
        permissions = [
            ("edit_strangers", "Can name, join, split, ignore and forget strangers"),
            ("name_stranger", "Can make a new person of a stranger, who is enrolled with chosen pictures"),
        ]
        indexes = [
            models.Index(fields=["state", "-last_seen_at", "-id"], name="stranger_newest"),
            models.Index(
                fields=["-last_seen_at", "-id"],
                name="stranger_unjoined_newest",
                condition=Q(number__isnull=False) & ~Q(state=StrangerState.JOINED),
            ),
            models.Index(
                fields=["state", "-sightings", "-last_seen_at", "-id"],
                name="stranger_most_seen",
                condition=Q(number__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="stranger_state",
                condition=Q(state__in=[StrangerState.OPEN, StrangerState.IGNORED], person=None, into=None)
                | Q(state=StrangerState.NAMED, person__isnull=False, into=None)
                | Q(state=StrangerState.JOINED, person=None, into__isnull=False),
            ),
            models.CheckConstraint(name="stranger_not_into_itself", condition=Q(into=None) | ~Q(into=F("id"))),
            models.CheckConstraint(
                name="stranger_resembles_another", condition=Q(resembles=None) | ~Q(resembles=F("id"))
            ),
            models.CheckConstraint(
                name="stranger_resembles_so_much", condition=Q(resembles=None) | Q(resembles_distance__isnull=False)
            ),
            models.CheckConstraint(name="stranger_number_from_1", condition=Q(number=None) | Q(number__gte=1)),
            models.CheckConstraint(name="stranger_seen_in_order", condition=Q(last_seen_at__gte=F("first_seen_at"))),
        ]

    def __str__(self) -> str:
        return f"Stranger {self.number}" if self.number else "a stranger"


class StrangerEncoding(models.Model):
    """128 or 256 numbers, the mean of a stranger's sightings. Biometric data: never shown, never logged."""

    stranger = models.OneToOneField(Stranger, on_delete=models.CASCADE, primary_key=True, related_name="encoding")
    engine = models.CharField(max_length=100)
    """See people.records.encoding.Encoding; encodings of different engines are never compared."""
    vector = VectorField()
    of = models.PositiveIntegerField()
    """Number of sightings whose mean encodings are in it."""

    class Meta:
        app_label = "streams"
        default_permissions = ()
        """Nobody has a right to read encodings."""
        indexes = [models.Index(fields=["engine"], name="stranger_encoding_engine")]
        constraints = [
            models.CheckConstraint(name="stranger_encoding_width", condition=WIDTH_IS_KNOWN),
            models.CheckConstraint(name="stranger_encoding_of_some", condition=Q(of__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.engine} of {self.stranger_id}"


class StrangerDifference(models.Model):
    """Somebody said that two strangers are two people: nobody is asked again, and nothing joins them."""

    one = models.ForeignKey(Stranger, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Stranger, on_delete=models.CASCADE, related_name="+")
    """The one with the greater id, so that a pair has one row."""

    class Meta:
        app_label = "streams"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="stranger_difference_once", fields=["one", "other"]),
            models.CheckConstraint(name="stranger_difference_in_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"
