"""What is read of people, photos and encodings."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Avg, Count, Exists, F, Func, Max, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now
from pgvector.django import L2Distance, VectorField

from people.limits.person_limits import people_within, person_limits
from people.recognition.types import Vector

if TYPE_CHECKING:
    from people.models import Encoding, Person, Photo  # noqa: F401

NEEDS_SOMEBODY = ("choose", "review", "rejected")
Looker = AbstractBaseUser | AnonymousUser | None
"""Who looks; None: the system itself, whom nothing limits."""


class PersonQuerySet(models.QuerySet["Person"]):
    def within_limits_of(self, user: Looker) -> PersonQuerySet:
        """People who exist for `user`, whatever it is that they have the right to do (people/limits)."""
        limits = person_limits(user)
        return self.filter(people_within(limits)) if limits else self

    def visible_to(self, user: Any) -> PersonQuerySet:
        """People who exist for `user`; none without the right to see people."""
        return self.within_limits_of(user) if user.has_perm("people.view_person") else self.none()

    def known_as(self, ids: Collection[str]) -> dict[str, Person]:
        """People by the ids that somebody knows them by; an id that was merged leads to the kept person."""
        known = {str(person.pk): person for person in self.filter(pk__in=ids)}
        if lost := [key for key in ids if key not in known]:
            merged: Any = self.model._meta.get_field("merged").related_model
            known |= {str(each.old_id): each.into for each in merged.objects.filter(pk__in=lost).select_related("into")}
        return known

    def active(self) -> PersonQuerySet:
        """People who may be recognised."""
        return self.filter(retired_at=None)

    def retired(self) -> PersonQuerySet:
        return self.exclude(retired_at=None)

    def with_photo_counts(self) -> PersonQuerySet:
        """Adds `photos_total`, `photos_enrolled`, `photos_waiting`, `photos_held` and `photos_rejected`."""
        return self.annotate(
            photos_total=self._number_of_photos(),
            photos_enrolled=self._number_of_photos("enrolled"),
            photos_waiting=self._number_of_photos("pending", "working"),
            photos_held=self._number_of_photos("choose", "review"),
            photos_rejected=self._number_of_photos("rejected"),
        )

    def with_face(self) -> PersonQuerySet:
        """Adds `face_id`: the photo with the best enrolled face, to show a person by."""
        best = self._photos().filter(state="enrolled").exclude(crop="").order_by("-encodings__quality", "id")
        return self.annotate(face_id=Subquery(best.values("pk")[:1]))

    def with_last_seen(self, user: Looker) -> PersonQuerySet:
        """Adds `last_seen`, from the sightings that another app keeps (None when it is not installed): of those
        that exist for `user`."""
        if (sightings := self._sightings(user)) is None:
            return self.annotate(last_seen=models.Value(None, output_field=models.DateTimeField()))
        newest = sightings.filter(verdict="match").annotate(newest=Max("last_seen_at"))
        return self.annotate(last_seen=Subquery(newest.values("newest")))

    def with_sightings_total(self, user: Looker) -> PersonQuerySet:
        """Adds `sightings_total`, as with_last_seen (0 when none are kept)."""
        if (sightings := self._sightings(user)) is None:
            return self.annotate(sightings_total=models.Value(0))
        return self.annotate(sightings_total=Coalesce(Subquery(sightings.annotate(n=Count("pk")).values("n")), 0))

    def _sightings(self, user: Looker) -> Any:
        """Of the person of the outer query, as far as they exist for `user`; None without the app that keeps them."""
        if "sightings" not in {relation.name for relation in self.model._meta.related_objects}:
            return None
        sightings: Any = self.model._meta.get_field("sightings").related_model
        of_person = sightings.objects.within_limits_of(user).filter(person=OuterRef("pk"))
        return of_person.order_by().values("person")

    def having_photos(self, *states: str) -> PersonQuerySet:
        """People with at least one photo in one of `states`."""
        return self.filter(Exists(self._photos().filter(state__in=states)))

    def without_photos(self) -> PersonQuerySet:
        return self.filter(~Exists(self._photos()))

    def _photos(self) -> Any:
        photos: Any = self.model._meta.get_field("photos").related_model
        return photos.objects.filter(person=OuterRef("pk"))

    def _number_of_photos(self, *states: str) -> Any:
        # A subquery counts for the people of the page only: a join counts for everybody before it shows fifty.
        photos = self._photos().filter(state__in=states) if states else self._photos()
        counted = photos.order_by().values("person").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted), 0)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def within_limits_of(self, user: Looker) -> PhotoQuerySet:
        """Photos of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "person_id")) if limits else self

    def visible_to(self, user: Any) -> PhotoQuerySet:
        """Photos of people who exist for `user`; none without the right to see photos."""
        return self.within_limits_of(user) if user.has_perm("people.view_photo") else self.none()

    def enrolled(self) -> PhotoQuerySet:
        return self.filter(state="enrolled")

    def without_encoding(self, engine: str) -> PhotoQuerySet:
        """Photos whose face counts, or will when confirmed, and that `engine` has not encoded."""
        encodings: Any = self.model._meta.get_field("encodings").related_model
        made = encodings.objects.filter(photo=OuterRef("pk"), engine=engine)
        return self.filter(~Exists(made), state__in=["enrolled", "review"])

    def in_work(self) -> PhotoQuerySet:
        """Photos that wait for the worker or are being read."""
        return self.filter(state__in=["pending", "working"])

    def numbers_waiting(self) -> dict[str, int]:
        """How many wait to be read, and how many for somebody's decision."""
        states = self.model.State
        waiting, held = [states.PENDING, states.WORKING], [states.CHOOSE, states.REVIEW]
        return self.filter(state__in=[*waiting, *held]).aggregate(  # the many others are not read
            photos_waiting=Count("pk", filter=Q(state__in=waiting)),
            photos_held=Count("pk", filter=Q(state__in=held)),
        )

    def due(self) -> PhotoQuerySet:
        """Photos that may be claimed now: new ones, retries, and those whose worker fell silent; oldest first."""
        return self.in_work().filter(due_at__lte=Now()).order_by("due_at", "created_at", "id")

    def with_resembled(self, user: Looker) -> PhotoQuerySet:
        """Adds `resembled`: the id of the person whom a held photo looks more like; None without, and for somebody
        who does not exist for `user`."""
        people: Any = self.model._meta.get_field("person").related_model
        other = people.objects.within_limits_of(user).filter(pk=OuterRef("resembled_id"))
        named = Cast(KT("reason_detail__person"), models.UUIDField())
        return self.alias(resembled_id=named).annotate(resembled=Subquery(other.values("pk")))

    def with_quality(self) -> PhotoQuerySet:
        """Adds `quality`, 0 to 1, of the photo's best encoding."""
        return self.annotate(quality=Max("encodings__quality"))


class EncodingQuerySet(models.QuerySet["Encoding"]):
    def within_limits_of(self, user: Looker) -> EncodingQuerySet:
        """Encodings of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "photo__person_id")) if limits else self

    def in_gallery(self, engine: str) -> EncodingQuerySet:
        """Encodings that recognise: of enrolled photos of active people, made by `engine`."""
        return self.filter(engine=engine, photo__state="enrolled", photo__person__retired_at=None)

    def shares_by_engine(self) -> Any:
        """`engine` with the number of `people` and `encodings` it has in a gallery."""
        return (
            self.filter(photo__state="enrolled", photo__person__retired_at=None)
            .values("engine")
            .annotate(people=Count("photo__person", distinct=True), encodings=Count("id"))
            .order_by("engine")
        )

    def nearest_to(self, vector: Vector) -> EncodingQuerySet:
        """Adds `distance` to `vector` (Euclidean, 0 to 2), nearest first. Exact."""
        return self.annotate(distance=L2Distance("vector", vector)).order_by("distance")

    def people_nearest_to(self, vector: Vector) -> Any:
        """`person` ids with the `distance` of their template (mean, unit length) to `vector`, nearest first."""
        template = Func(Avg("vector"), function="l2_normalize", output_field=VectorField())
        return (
            self.values(person=F("photo__person_id"))
            .annotate(distance=L2Distance(template, vector))
            .order_by("distance")
        )
