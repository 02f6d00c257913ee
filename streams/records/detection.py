"""The table of detections: each shows the face of a sighting at one moment.

Three stored objects hang on a row: its snapshot, and of the look that decided the whole frame and a clip, if the camera
keeps these. STORED names all three: whatever deletes, sweeps or counts them asks `stored_names`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When

from people.accounts.distances import reads_exact_distances
from people.accounts.limits import Looker
from people.base.site_time import time_words
from people.recognition.types import Box
from people.records.groups import people_listed, people_within, person_limits
from people.records.person import Person
from streams.records.groups import camera_limits, cameras_within
from streams.records.object_names import clip_name, frame_name, snapshot_name
from streams.records.states import StoredVerdict
from streams.records.withholding import DetectionsRounded, DetectionsWithheld, DetectionsWithheldAndRounded

SUPPORTING = (
    Q(sighting__edit__isnull=False)
    | (Q(sighting__verdict=StoredVerdict.UNKNOWN) & Q(verdict=StoredVerdict.UNKNOWN))
    | Q(person=F("sighting__person")) & (Q(sighting__verdict=StoredVerdict.REVIEW) | ~Q(verdict=StoredVerdict.UNKNOWN))
)
"""The condition that a detection alone says nothing else than its sighting.

An unknown sighting wants a face that is unknown; a name wants a face of that name, for sure or for review; a suggestion
wants one that is nearest to the suggested person. The analysis chooses what it reports by the same rule
(streams/pipeline/analysis/weighing.py). Whoever edited a sighting saw its looks: all of them support it.
"""


STORED = ("snapshot", "frame", "clip")
"""The fields that name a stored object."""
FOOTAGE = ("frame", "clip")
"""Those that show more than one face: everybody who was there."""
HAS_FOOTAGE = ~Q(frame="") | ~Q(clip="")


class DetectionQuerySet(models.QuerySet["Detection"]):
    def within_limits_of(self, user: Looker) -> DetectionQuerySet:
        """Detections of sightings within the limits of `user`, except those that named somebody outside the limits.

        Detections of unknown faces stay; their nearest person is withheld if outside the limits, and so are exact
        distances from a user without the right to them. Whole frames and clips show everybody: who is limited to some
        people gets none (withholding.py).
        """
        cameras, people = camera_limits(user), person_limits(user)
        rows = self.filter(cameras_within(cameras, "sighting__camera_id")) if cameras else self
        if people:
            of_sighting, of_look = people_listed(people, "sighting__person_id", "person_id")
            rows = rows.filter(Q(sighting__person=None) | of_sighting, Q(verdict=StoredVerdict.UNKNOWN) | of_look)
            rows = rows.annotate(is_nearest_shown=people_within(people, "person_id"))
            rows._iterable_class = DetectionsWithheld
        if not reads_exact_distances(user):
            limits = {"match_limit": F("sighting__match_threshold"), "review_limit": F("sighting__review_threshold")}
            rows = rows.annotate(**limits)
            rows._iterable_class = DetectionsWithheldAndRounded if people else DetectionsRounded
        return rows

    def supporting(self) -> DetectionQuerySet:
        """Detections that may stand below the headline of their sighting (SUPPORTING)."""
        return self.filter(SUPPORTING)

    def with_support(self) -> DetectionQuerySet:
        """Adds `is_supporting`, which is true for those that `supporting` keeps."""
        return self.annotate(is_supporting=SUPPORTING)

    def best_first(self) -> DetectionQuerySet:
        """Puts first what may stand below the headline of its sighting: what says the same, then the best picture."""
        alike = Case(When(verdict=F("sighting__verdict"), then=0), default=1)
        return self.order_by(Case(When(SUPPORTING, then=0), default=1), alike, "-quality", "id")

    def stored_names(self) -> Iterator[str]:
        """Yields the names of all stored objects of these rows."""
        for names in self.order_by().values_list(*STORED).iterator():
            yield from filter(None, names)

    def closer_than(self, distance: float, user: Looker) -> DetectionQuerySet:
        """Detections whose distance, as `user` reads it, is smaller than `distance`."""
        readable = self.filter(is_nearest_shown=True) if person_limits(user) else self  # type: ignore[misc]
        return readable.filter(closer(distance, user, of_sighting="sighting__"))

    def visible_to(self, user: Any) -> DetectionQuerySet:
        """The same as within_limits_of; none if `user` has no right to see sightings."""
        return self.within_limits_of(user) if user.has_perm("streams.view_sighting") else self.none()


def closer(distance: float, user: Looker, *, of_sighting: str = "") -> Q:
    """Returns the condition that a row's distance, as `user` reads it, is smaller than `distance`.

    A rounded distance is one of the sighting's limits or 2, and nobody may ask for more than 2.
    """
    if reads_exact_distances(user):
        return Q(distance__lt=distance)
    match, review = f"{of_sighting}match_threshold", f"{of_sighting}review_threshold"
    return Q(**{f"{match}__lt": distance, "distance__lte": F(match)}) | Q(
        **{f"{review}__lt": distance, "distance__lte": F(review)}
    )


class Detection(models.Model):
    """One face of a sighting at one moment, with what is stored of it and the nearest person."""

    id = models.UUIDField(primary_key=True, editable=False)
    sighting = models.ForeignKey("streams.Sighting", on_delete=models.CASCADE, related_name="detections")
    captured_at = models.DateTimeField()
    box = models.JSONField()
    """[left, top, right, bottom] in pixels of the frame."""
    frame_width_px = models.PositiveIntegerField()
    frame_height_px = models.PositiveIntegerField()
    score = models.FloatField()
    quality = models.FloatField()
    verdict = models.CharField(max_length=10, choices=StoredVerdict)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """The nearest person, also if the verdict does not name them."""
    distance = models.FloatField(null=True, blank=True)
    margin = models.FloatField(null=True, blank=True)
    gallery_version = models.BigIntegerField()
    snapshot = models.FileField(upload_to=snapshot_name, max_length=200, blank=True)
    frame = models.FileField(upload_to=frame_name, max_length=200, blank=True, default="", db_default="")
    """The whole frame, at most 1280 px wide: of one detection of a sighting, the one that decided."""
    clip = models.FileField(upload_to=clip_name, max_length=200, blank=True, default="", db_default="")
    """Some seconds around it (WebM), of the same."""
    withheld = False
    """See Sighting.withheld."""
    rounded = False
    """See Sighting.rounded."""

    objects = DetectionQuerySet.as_manager()

    class Meta:
        ordering = ["captured_at", "id"]
        indexes = [
            models.Index(fields=["-captured_at", "-id"], name="detection_newest"),
            # By these the schedule of keeping finds pictures that are due, oldest first.
            models.Index(fields=["captured_at"], name="detection_keep_snapshots", condition=~Q(snapshot="")),
            models.Index(fields=["captured_at"], name="detection_keep_footage", condition=HAS_FOOTAGE),
        ]
        constraints = [
            models.CheckConstraint(name="detection_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {time_words(self.captured_at)}"

    @property
    def face(self) -> Box:
        """Where the face is in the whole frame, in pixels of a frame `frame_width_px` wide."""
        return Box(*self.box)
