"""The tables of analysed videos: a video is a job, and what was seen in it stands in tables of its own.

They are no sightings of a camera: a video from last year must not say that somebody is here now, came to work on a day,
or was seen at a door. What asks for sightings (presence, attendance, the live feed, searches, rules) never meets them.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from people.accounts.distances import reads_exact_distances
from people.accounts.limits import Looker
from people.records.groups import people_listed, person_limits
from people.records.person import Person
from streams.jobs.job_row import UNENDED, JobRow, JobRowQuerySet, JobState
from streams.records.states import StoredVerdict
from streams.records.stranger import Stranger
from streams.records.withholding import SightingsRounded, SightingsWithheld, SightingsWithheldAndRounded

RIGHTS = ("streams.analyse_video",)


def video_name(video: object, filename: str) -> str:
    """Returns a random name without an ending: the content decides what it is, never the name."""
    return f"videos/{uuid4().hex}"


def face_name(look: object, filename: str) -> str:
    return f"video-faces/{uuid4().hex}.jpg"


class VideoQuerySet(JobRowQuerySet):
    def visible_to(self, user: Any) -> Any:
        """Everybody's videos; the user's own if they are limited; none without the right to see videos."""
        return self.within_limits_of(user) if user.has_perm("streams.view_video") else self.none()


class Video(JobRow):
    """One video file, uploaded or in a bucket. It goes some days after its analysis, as the schedule says."""

    rights = RIGHTS
    spent = ("file",)

    title = models.CharField(max_length=200)
    file = models.FileField(upload_to=video_name, max_length=200, blank=True, editable=False)
    """An uploaded file; deleted if it cannot be analysed, and with the row."""
    address = models.CharField(max_length=500, blank=True, editable=False)
    """A video in a bucket, gs://bucket/object, in place of an uploaded one."""
    size_bytes = models.BigIntegerField(default=0, editable=False)
    began_at = models.DateTimeField(null=True, blank=True)
    """When its recording began, if somebody knows; then its pages say times of the day, too."""
    length_s = models.FloatField(null=True, editable=False)
    """Its length as the file says, in seconds; null: not known (yet)."""
    done_s = models.FloatField(default=0, editable=False)
    """How far it has been analysed, in seconds of the video."""
    remark = models.CharField(max_length=300, blank=True, editable=False)
    """What must be said beside the result: that it was cut off, or that the analysis began again."""
    gallery_version = models.BigIntegerField(null=True, editable=False)
    """The gallery that its faces were compared with."""

    objects = VideoQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("analyse_video", "Can have videos analysed")]
        indexes = [
            models.Index(fields=["due_at"], name="video_due", condition=Q(state__in=UNENDED)),
            models.Index(fields=["-created_at", "-id"], name="video_newest"),
        ]
        constraints = [
            models.CheckConstraint(name="video_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="video_has_its_file_until_it_ends",
                condition=~Q(state__in=UNENDED) | ~Q(file="") | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="video_ends_with_a_time",
                condition=Q(state__in=UNENDED, finished_at=None) | (~Q(state__in=UNENDED) & ~Q(finished_at=None)),
            ),
            models.CheckConstraint(name="video_failed_says_why", condition=~Q(state=JobState.FAILED) | ~Q(problem="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.state == JobState.DONE

    @property
    def percent(self) -> int | None:
        """How far the analysis is, 0 to 100; None if the file does not say how long it is."""
        return min(100, int(100 * self.done_s / self.length_s)) if self.length_s else None


class VideoSightingQuerySet(models.QuerySet["VideoSighting"]):
    def within_limits_of(self, user: Looker) -> VideoSightingQuerySet:
        """Sightings of people who exist for `user` and of unknown faces, with distances as for those of cameras."""
        people, rows = person_limits(user), self.all()
        if people:
            (shown,) = people_listed(people, "person_id")
            rows = rows.filter(Q(person=None) | shown)
            rows._iterable_class = SightingsWithheld
        if not reads_exact_distances(user):
            rows = rows.all()
            rows._iterable_class = SightingsWithheldAndRounded if people else SightingsRounded
        known = Stranger.objects.within_limits_of(user).filter(pk=OuterRef("stranger"))
        return rows.annotate(knows_stranger=Exists(known))

    def visible_to(self, user: Any) -> VideoSightingQuerySet:
        """The same, of videos that `user` may see."""
        return self.within_limits_of(user).filter(video__in=Video.objects.visible_to(user))


class VideoSighting(models.Model):
    """One stay of one face in a video."""

    id = models.UUIDField(primary_key=True, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="sightings")
    first_s = models.FloatField()
    last_s = models.FloatField()
    """Seconds from the beginning of the video."""
    verdict = models.CharField(max_length=10, choices=StoredVerdict)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="video_sightings")
    stranger = models.ForeignKey(
        "streams.Stranger", on_delete=models.SET_NULL, null=True, related_name="video_sightings"
    )
    """The stranger of the cameras whose face it is, for an unknown face that is near to one."""
    alike = models.PositiveIntegerField(null=True)
    """Unknown faces of one video with the same number are one person: "Unknown face 2"."""
    distance = models.FloatField(null=True)
    margin = models.FloatField(null=True)
    match_threshold = models.FloatField()
    review_threshold = models.FloatField()
    votes = models.PositiveIntegerField(default=0)
    encodings = models.PositiveIntegerField(default=0)
    edit = models.ForeignKey(
        "streams.IdentityEdit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The newest edit that touched it; what the machine says then stands beside it, as in a camera's sighting."""
    machine_verdict = models.CharField(max_length=10, choices=StoredVerdict, null=True)
    machine_person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    is_no_face = models.BooleanField(default=False, db_default=False)
    withheld = False
    rounded = False
    """See Sighting."""
    machine = "The analysis says"

    objects = VideoSightingQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["first_s", "id"]
        default_permissions = ()
        verbose_name = "sighting in a video"
        verbose_name_plural = "sightings in videos"
        indexes = [models.Index(fields=["video", "first_s", "id"], name="video_sighting_in_order")]
        constraints = [
            models.CheckConstraint(
                name="video_sighting_person_unless_unknown",
                condition=Q(verdict=StoredVerdict.UNKNOWN, person=None)
                | Q(verdict__in=[StoredVerdict.MATCH, StoredVerdict.REVIEW], person__isnull=False),
            ),
            models.CheckConstraint(
                name="video_sighting_no_face_is_nobody",
                condition=Q(is_no_face=False) | Q(verdict=StoredVerdict.UNKNOWN),
            ),
            models.CheckConstraint(name="video_sighting_in_order", condition=Q(last_s__gte=F("first_s"))),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {self.first_s:.0f} s"


class VideoLook(models.Model):
    """One face of a sighting at one moment of the video, with its picture."""

    id = models.UUIDField(primary_key=True, editable=False)
    sighting = models.ForeignKey(VideoSighting, on_delete=models.CASCADE, related_name="looks")
    at_s = models.FloatField()
    quality = models.FloatField()
    verdict = models.CharField(max_length=10, choices=StoredVerdict)
    picture = models.FileField(upload_to=face_name, max_length=200, blank=True)

    class Meta:
        app_label = "streams"
        ordering = ["at_s", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.verdict} at {self.at_s:.0f} s"
