"""The table of sightings: each is one stay of one face in front of one camera."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Max, OuterRef, Q, Subquery, When
from django.db.models.lookups import GreaterThan
from pgvector import HalfVector
from pgvector.django import L2Distance

from people.accounts.distances import reads_exact_distances
from people.accounts.limits import Looker
from people.base.site_time import time_words
from people.recognition.types import Vector
from people.records.groups import people_listed, person_limits
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import FOOTAGE, Detection, closer
from streams.records.groups import camera_limits, cameras_within
from streams.records.sighting_encoding import has_width, indexed_vector
from streams.records.spans import first_within
from streams.records.states import CONFIRMING, StoredVerdict
from streams.records.withholding import SightingsRounded, SightingsWithheld, SightingsWithheldAndRounded

USUAL_LENGTH = timedelta(hours=1)
_LENGTH = ExpressionWrapper(F("last_seen_at") - F("first_seen_at"), output_field=models.DurationField())
_IS_LONG = Q(GreaterThan(_LENGTH, USUAL_LENGTH))
"""Few sightings are longer than an hour. An index on these alone tells how long the longest is (sighting_long)."""
SAYS_THE_SAME = Q(edit=None) | Q(machine_person=F("person"))
"""The condition that the machine names nobody else than the sighting: the distance is the one to its person."""


class SightingQuerySet(models.QuerySet["Sighting"]):
    spans: Sequence[tuple[datetime, datetime]] | None = None
    """Where in time its rows can lie, newest first; None: anywhere."""

    def _clone(self) -> SightingQuerySet:
        clone: SightingQuerySet = super()._clone()  # type: ignore[misc]
        clone.spans = self.spans
        return clone

    def within_limits_of(self, user: Looker) -> SightingQuerySet:
        """Sightings by cameras that exist for `user`, of people who exist for them and of unknown faces.

        From a user limited to some people it withholds distances to other people, and it rounds distances for a user
        without the right to exact ones (withholding.py).
        """
        cameras, people = camera_limits(user), person_limits(user)
        rows = self.filter(cameras_within(cameras, "camera_id")) if cameras else self
        if people:
            (shown,) = people_listed(people, "person_id")
            rows = rows.filter(Q(person=None) | shown)
            rows._iterable_class = SightingsWithheld
        if not reads_exact_distances(user):
            rows = rows.all()  # not the class of `self`
            rows._iterable_class = SightingsWithheldAndRounded if people else SightingsRounded
        return rows

    def closer_than(self, distance: float, user: Looker) -> SightingQuerySet:
        """Sightings whose distance, as `user` reads it, is smaller than `distance`."""
        readable = self.filter(SAYS_THE_SAME, person__isnull=False) if person_limits(user) else self
        return readable.filter(closer(distance, user))

    def visible_to(self, user: Any) -> SightingQuerySet:
        """The same as within_limits_of; none if `user` has no right to see sightings."""
        return self.within_limits_of(user) if user.has_perm("streams.view_sighting") else self.none()

    def seen_since(self, moment: datetime) -> SightingQuerySet:
        """Sightings that were not over before `moment`."""
        # The other condition follows from the first. With it Postgres reads a part of the index, newest first: without
        # it, it reads to the very first sighting where fewer than a page are found.
        return self.filter(last_seen_at__gte=moment, first_seen_at__gte=earliest_begin(moment))

    def begun_before(self, moment: datetime) -> SightingQuerySet:
        return self.filter(first_seen_at__lt=moment)

    def first_by_time(self, limit: int, *, ascending: bool = False) -> SightingQuerySet:
        """Returns the first `limit` rows, newest first unless `ascending`."""
        order = ("first_seen_at", "id") if ascending else ("-first_seen_at", "-id")
        if self.spans is None:
            return self.order_by(*order)[:limit]
        return first_within(self, self.spans, limit, ascending=ascending)

    def open(self) -> SightingQuerySet:
        """Sightings that have not ended."""
        return self.filter(ended_at=None)

    def confirmed(self) -> SightingQuerySet:
        """Sightings of which somebody has said, by the newest edit, who they are or that they are right."""
        return self.filter(edit__isnull=False, edit__kind__in=CONFIRMING, verdict=StoredVerdict.MATCH)

    def for_camera(self, camera_id: int) -> SightingQuerySet:
        return self.filter(camera_id=camera_id)

    def with_snapshot(self, user: Looker = None) -> SightingQuerySet:
        """Fetches camera, person, newest edit, strangers and whom the machine names, and adds `snapshot_id`.

        That is the id of the detection with the best snapshot within the limits of `user` that says the same as the
        sighting, or None.
        """
        shown = Detection.objects.within_limits_of(user).supporting().exclude(snapshot="")
        best = shown.filter(sighting=OuterRef("pk")).best_first()
        fetched = self.select_related("camera", "person", "edit", "stranger", "seen_as", "machine_person")
        return fetched.annotate(snapshot_id=Subquery(best.values("id")[:1]))

    def with_footage(self, user: Looker) -> SightingQuerySet:
        """Adds `frame_id` and `clip_id`: the detections with its whole frame and its clip that `user` may see, or None.

        These show everybody who was there: a user limited to some people sees none.
        """
        shown = Detection.objects.none() if person_limits(user) else Detection.objects.within_limits_of(user)
        best = shown.filter(sighting=OuterRef("pk")).best_first().values("id")
        return self.annotate(**{f"{kind}_id": Subquery(best.exclude(**{kind: ""})[:1]) for kind in FOOTAGE})

    def searchable(self, engine: str) -> SightingQuerySet:
        """Sightings of faces that have an encoding of `engine`."""
        return self.filter(encoding__engine=engine, is_no_face=False)

    def unsearchable(self, engine: str) -> SightingQuerySet:
        """Sightings of faces that have an encoding of another engine, which cannot be compared with one of `engine`."""
        return self.filter(encoding__isnull=False, is_no_face=False).exclude(encoding__engine=engine)

    def near(self, engine: str, vector: Vector, within: float) -> Any:
        """Returns (id, distance, begin) of those up to `within` (Euclidean, 0 to 2), nearest first. Exact.

        Only encodings of `engine`, which made `vector`, are compared.
        """
        # A case, because Postgres may come to the distance before a filter, and vectors of two widths have none.
        apart = self.annotate(
            probe_distance=Case(When(encoding__engine=engine, then=L2Distance("encoding__vector", vector)))
        )
        near = apart.filter(probe_distance__lte=within).order_by("probe_distance", "id")
        return near.values_list("id", "probe_distance", "first_seen_at")

    def near_by_index(self, engine: str, vector: Vector, most: int) -> Any:
        """Returns (id, distance, begin) of about the nearest `most`, nearly in order; how near they are is exact.

        By the index sighting_encoding_near_128 or _256, whatever their distance.
        """
        width = len(vector)
        apart = L2Distance(indexed_vector(width, "encoding__vector"), HalfVector(vector.tolist()))
        rows = self.filter(has_width(width, "encoding__vector"), encoding__engine=engine).order_by(apart)
        return rows.values_list("id", L2Distance("encoding__vector", vector), "first_seen_at")[:most]


class Sighting(models.Model):
    """One stay of one face in front of one camera: who it was, from when to when, and why."""

    id = models.UUIDField(primary_key=True, editable=False)
    """The camera child makes the id when the sighting begins, so recording it twice changes nothing."""
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="sightings")
    verdict = models.CharField(max_length=10, choices=StoredVerdict)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sightings")
    """The person it is (match) or may be (review)."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    distance = models.FloatField(null=True, blank=True)
    """The smallest distance to the nearest person, for unknown faces too; null while the gallery is empty."""
    margin = models.FloatField(null=True, blank=True)
    match_threshold = models.FloatField()
    review_threshold = models.FloatField()
    votes = models.PositiveIntegerField(default=0)
    """Encodings that voted for the verdict."""
    encodings = models.PositiveIntegerField(default=0)
    """Encodings made of this sighting."""
    gallery_version = models.BigIntegerField()
    look_closer = models.BooleanField(default=False, db_default=False)
    """Whether the face may be a picture held before the camera: a hint, which has no part in the verdict."""
    liveness = models.FloatField(null=True, blank=True)
    """What the hint rests on, 0 (a held picture) to 1 (alive); null: the camera does not hint, or saw too little."""
    stranger = models.ForeignKey(
        "streams.Stranger", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    """Which unknown person it is, over all cameras and visits."""
    seen_as = models.ForeignKey(
        "streams.Stranger", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    """As which stranger an unknown face is shown while it is in sight; its end decides whose sighting it is."""
    stranger_due = models.BooleanField(default=False, db_default=False)
    """Whether a stranger is to be found for it: the row is the job."""
    is_no_face = models.BooleanField(default=False, db_default=False)
    """Whether somebody said that it shows no face."""
    edit = models.ForeignKey(
        "streams.IdentityEdit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    """The newest edit that touched it (streams/records/identity_edit.py)."""
    machine_verdict = models.CharField(max_length=10, choices=StoredVerdict, null=True, blank=True)
    """What the machine says, once somebody has said who it is; null: nobody has, and `verdict` is the machine's."""
    machine_person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    """Whom the machine names or suggests, beside `machine_verdict`; null, too, if that person was deleted since."""
    machine = "The camera says"
    """How a sentence begins that tells what the machine says of an edited sighting."""
    withheld = False
    """Whether the comparison is hidden from the reader (streams/records/withholding.py)."""
    rounded = False
    """Whether the reader gets the distance only as the limit that it is within (the same)."""

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        permissions = [
            ("search_sightings", "Can search sightings by a face"),
            ("correct_sighting", "Can say who a sighting is, or is not"),
            ("view_presence", "Can see who is here now"),
        ]
        indexes = [
            models.Index(fields=["-first_seen_at", "-id"], name="sighting_newest"),
            models.Index(fields=["camera", "-first_seen_at"], name="sighting_camera"),
            models.Index(fields=["person", "-last_seen_at"], name="sighting_person"),
            models.Index(
                fields=["last_seen_at", "first_seen_at"],
                name="sighting_named",
                condition=Q(verdict=StoredVerdict.MATCH),
            ),
            models.Index(fields=["camera"], name="sighting_open", condition=Q(ended_at=None)),
            models.Index(fields=["-first_seen_at", "-id"], name="sighting_look_closer", condition=Q(look_closer=True)),
            models.Index(
                fields=["stranger", "-first_seen_at"],
                name="sighting_stranger",
                condition=Q(stranger__isnull=False),
            ),
            models.Index(fields=["seen_as"], name="sighting_seen_as", condition=Q(seen_as__isnull=False)),
            models.Index(
                fields=["camera", "stranger"],
                name="sighting_camera_stranger",
                condition=Q(stranger__isnull=False),
            ),
            models.Index(fields=["last_seen_at"], name="sighting_stranger_due", condition=Q(stranger_due=True)),
            models.Index(fields=["edit"], name="sighting_edit", condition=Q(edit__isnull=False)),
            models.Index(
                fields=["machine_person"], name="sighting_machine_person", condition=Q(machine_person__isnull=False)
            ),
            models.Index(_LENGTH, name="sighting_long", condition=_IS_LONG),
            # By these the schedule of keeping finds what is due, oldest first, without passing what is not.
            models.Index(fields=["camera", "last_seen_at"], name="sighting_keep_named", condition=~Q(person=None)),
            models.Index(fields=["camera", "last_seen_at"], name="sighting_keep_strangers", condition=Q(person=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="sighting_person_unless_unknown",
                condition=Q(verdict=StoredVerdict.UNKNOWN, person=None)
                | Q(verdict__in=[StoredVerdict.MATCH, StoredVerdict.REVIEW], person__isnull=False),
            ),
            models.CheckConstraint(
                name="sighting_look_closer_for_a_reason", condition=Q(look_closer=False) | Q(liveness__isnull=False)
            ),
            models.CheckConstraint(
                name="sighting_no_face_is_nobody",
                condition=Q(is_no_face=False) | Q(verdict=StoredVerdict.UNKNOWN, stranger=None),
            ),
            models.CheckConstraint(
                name="sighting_machine_person_unless_unknown",
                condition=Q(machine_person=None)
                | Q(machine_verdict__in=[StoredVerdict.MATCH, StoredVerdict.REVIEW], machine_verdict__isnull=False),
            ),
            models.CheckConstraint(name="sighting_seen_in_order", condition=Q(last_seen_at__gte=F("first_seen_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {time_words(self.first_seen_at)}"

    @property
    def stranger_name(self) -> str:
        """Returns what an unknown face is called: "Stranger 12"; "" for others, and for one without a number."""
        stranger = self.stranger or self.seen_as
        is_called = self.verdict == StoredVerdict.UNKNOWN and not self.is_no_face and stranger and stranger.number
        return str(stranger) if is_called else ""


def longest_sighting() -> timedelta:
    """Returns a length that no sighting exceeds: an hour, or that of the longest; by an index of the long ones."""
    longest: timedelta | None = Sighting.objects.filter(_IS_LONG).aggregate(longest=Max(_LENGTH))["longest"]
    return longest or USUAL_LENGTH


def earliest_begin(moment: datetime) -> datetime:
    """Returns when a sighting can have begun that was not over before `moment`."""
    try:
        return moment.astimezone(UTC) - longest_sighting()  # in another zone a day is not always 24 hours
    except OverflowError:  # in the year 1
        return moment
