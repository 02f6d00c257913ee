"""The table of people, with the columns that lists add to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Count, Exists, F, Func, Max, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from people.accounts.limits import Looker
from people.recognition.types import Verdict
from people.records.folded_name import FoldedNameField, is_called
from people.records.groups import people_within, person_limits
from people.records.matchable import Matchable, matchable_people
from people.records.merged import MergedPerson
from people.records.metadata import check_metadata
from people.records.photo import Photo, PhotoQuerySet
from people.records.search_name import Plain, PlainText
from people.records.sightings import sightings_of_people
from people.records.states import HELD, WAITING, PhotoState


class PersonQuerySet(models.QuerySet["Person"]):
    def within_limits_of(self, user: Looker) -> PersonQuerySet:
        """People who exist for `user` by their limits (groups.py); rights do not matter here."""
        limits = person_limits(user)
        return self.filter(people_within(limits)) if limits else self

    def visible_to(self, user: Any) -> PersonQuerySet:
        """People who exist for `user`; nobody if `user` has no right to see people."""
        return self.within_limits_of(user) if user.has_perm("people.view_person") else self.none()

    def known_as(self, ids: Collection[str]) -> dict[str, Person]:
        """Returns people by the given `ids`, which may be old: the id of a merged person leads to the kept one."""
        known = {str(person.pk): person for person in self.filter(pk__in=ids)}
        if lost := [key for key in ids if key not in known]:
            merged = MergedPerson.objects.filter(pk__in=lost).select_related("into")
            known |= {str(each.old_id): each.into for each in merged}
        return known

    def called(self, name: str) -> PersonQuerySet:
        """People of this name, whatever the case and Unicode form of its letters; by an index."""
        return self.filter(is_called(name))

    def active(self) -> PersonQuerySet:
        """People who are not retired; see `matchable` for those who may be recognised."""
        return self.filter(retired_at=None)

    def matchable(self) -> PersonQuerySet:
        """People who may be recognised now (matchable.py)."""
        return self.filter(pk__in=matchable_people())

    def with_matchable(self) -> PersonQuerySet:
        """Adds `is_matchable`."""
        return self.annotate(is_matchable=Exists(Matchable.objects.filter(pk=OuterRef("pk"))))

    def nameable(self) -> PersonQuerySet:
        """People whom somebody may name for a sighting: active, and not never matched."""
        return self.active().filter(never_match_at=None)

    def nameable_or(self, chosen: Any) -> PersonQuerySet:
        """The same, and whoever was chosen before: a form that offers them no more would lose them when it is saved."""
        return self.nameable() | self.filter(pk=chosen)

    def never_matched(self) -> PersonQuerySet:
        return self.exclude(never_match_at=None)

    def retired(self) -> PersonQuerySet:
        return self.exclude(retired_at=None)

    def with_photo_counts(self) -> PersonQuerySet:
        """Adds `photos_total`, `photos_enrolled`, `photos_waiting`, `photos_held` and `photos_rejected`."""
        return self.annotate(
            photos_total=self._number_of_photos(),
            photos_enrolled=self._number_of_photos(PhotoState.ENROLLED),
            photos_waiting=self._number_of_photos(*WAITING),
            photos_held=self._number_of_photos(*HELD),
            photos_rejected=self._number_of_photos(PhotoState.REJECTED),
        )

    def with_face(self) -> PersonQuerySet:
        """Adds `face_id`: the id of the photo with the best enrolled face, which represents the person."""
        best = self._photos().filter(state=PhotoState.ENROLLED).exclude(crop="").order_by("-encodings__quality", "id")
        return self.annotate(face_id=Subquery(best.values("pk")[:1]))

    def with_last_seen(self, user: Looker) -> PersonQuerySet:
        """Adds `last_seen` from the sightings that exist for `user`.

        Another app keeps sightings; where it is not installed, `last_seen` is None.
        """
        if (sightings := sightings_of_people(user)) is None:
            return self.annotate(last_seen=models.Value(None, output_field=models.DateTimeField()))
        newest = sightings.filter(verdict=Verdict.MATCH).annotate(newest=Max("last_seen_at"))
        return self.annotate(last_seen=Subquery(newest.values("newest")))

    def with_sightings_total(self, user: Looker) -> PersonQuerySet:
        """Adds `sightings_total`, counted like with_last_seen; 0 where no app keeps sightings."""
        if (sightings := sightings_of_people(user)) is None:
            return self.annotate(sightings_total=models.Value(0))
        return self.annotate(sightings_total=Coalesce(Subquery(sightings.annotate(n=Count("pk")).values("n")), 0))

    def having_photos(self, *states: str) -> PersonQuerySet:
        """People with at least one photo in one of `states`."""
        return self.filter(Exists(self._photos().filter(state__in=states)))

    def without_photos(self) -> PersonQuerySet:
        return self.filter(~Exists(self._photos()))

    @staticmethod
    def _photos() -> PhotoQuerySet:
        """Photos of the person in the outer query."""
        return Photo.objects.filter(person=OuterRef("pk"))

    def _number_of_photos(self, *states: str) -> Any:
        # A subquery counts only for the people on the page; a join counts for everybody before it shows fifty.
        photos = self._photos().filter(state__in=states) if states else self._photos()
        counted = photos.order_by().values("person").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted), 0)


class Person(models.Model):
    """Somebody who may be recognised. Retired people leave the gallery and stay in the records."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    folded_name = FoldedNameField()
    search_name = models.GeneratedField(expression=Plain("name"), output_field=PlainText(), db_persist=True)
    """Made by Postgres. Search it with `search_name__has_words`."""
    external_id = models.CharField(
        max_length=200, blank=True, null=True, unique=True, help_text="The person's id in another system."
    )
    notes = models.TextField(blank=True)
    metadata = models.JSONField(
        default=dict,
        blank=True,
        validators=[check_metadata],
        help_text='What your organisation keeps for itself: a JSON object such as {"badge": 17}.',
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    never_match_at = models.DateTimeField(null=True, blank=True, editable=False)
    """Since when nobody may make an encoding of this person; triggers refuse and delete them (migration 0033)."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name"], name="person_name"),
            models.Index(fields=["folded_name"], name="person_folded_name"),
        ]
        permissions = [
            ("retire_person", "Can retire and restore people"),
            ("forbid_matching", "Can say that people are never matched, and take it back"),
        ]
        constraints = [
            models.CheckConstraint(name="person_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="person_metadata_is_an_object",
                condition=Q(Exact(Func(F("metadata"), function="jsonb_typeof"), Value("object"))),
            ),
            models.CheckConstraint(
                name="person_external_id_not_empty", condition=~Q(external_id="") | Q(external_id=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def is_never_matched(self) -> bool:
        return self.never_match_at is not None


def with_resembled(photos: PhotoQuerySet, user: Looker) -> PhotoQuerySet:
    """Adds `resembled` and `resembled_name` to `photos`: the other person whom a held photo resembles.

    They are None for a photo that resembles nobody else, and if that person does not exist for `user`.
    """
    other = Person.objects.within_limits_of(user).filter(pk=OuterRef("resembled_id"))
    named = Cast(KT("reason_detail__person"), models.UUIDField())
    return photos.alias(resembled_id=named).annotate(
        resembled=Subquery(other.values("pk")), resembled_name=Subquery(other.values("name"))
    )
