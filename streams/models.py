"""Cameras and what they saw: a sighting is one visit, a detection one face at one moment of it."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.models import Person
from streams.limits import CameraGroup as CameraGroup
from streams.limits import CameraLimit as CameraLimit
from streams.pipeline.addresses import BROWSER
from streams.pipeline.reasons import Reason
from streams.presence import WorkerPresence as WorkerPresence
from streams.querysets import CameraQuerySet, DetectionQuerySet, SightingQuerySet
from streams.searching.encodings import SightingEncoding as SightingEncoding
from streams.searching.log import SearchLog as SearchLog
from streams.storage import snapshot_name

# 15 s: a child speaks every second, and one that is silent for so long has been killed by its worker.
SILENT_AFTER_S = 15.0


class Verdict(models.TextChoices):
    """As people.recognition.types.Verdict."""

    MATCH = "match", "known"
    REVIEW = "review", "to review"
    UNKNOWN = "unknown", "unknown"


class Camera(models.Model):
    """Where pixels come from and how they are to be looked at. What it does now stands in CameraStatus."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    source = models.CharField(
        max_length=500,
        help_text=(
            "rtsp://…, http(s)://…, a file under the media folder (clips/door.mp4) or in cloud storage "
            "(gs://bucket/door.mp4), a device number (0), or browser: for a phone or laptop that sends from its "
            "own page."
        ),
    )
    username = models.CharField(max_length=200, blank=True, help_text="What the camera asks for, if it does.")
    sealed_password = models.TextField(blank=True, editable=False)
    """As streams.sealing makes it; opened for the camera's child alone."""
    enabled = models.BooleanField(default=True)
    loop = models.BooleanField(default=False, help_text="Start a file again when it ends.")
    analysis_fps = models.FloatField(
        default=8,
        validators=[MinValueValidator(0.2), MaxValueValidator(30)],
        help_text="Frames looked at per second.",
    )
    smallest_face_px = models.PositiveSmallIntegerField(
        default=80,
        validators=[MinValueValidator(30), MaxValueValidator(1000)],
        help_text="Faces narrower than this are not looked for. Larger is faster.",
    )
    match_threshold = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1), MaxValueValidator(1.0)],
        help_text="Distance within which a face gets a name here; empty for the site's.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [("send_to_camera", "Can send pictures to a browser camera")]
        constraints = [
            models.CheckConstraint(
                name="camera_analysis_fps_range", condition=Q(analysis_fps__gte=0.2, analysis_fps__lte=30)
            ),
            models.CheckConstraint(
                name="camera_smallest_face_range",
                condition=Q(smallest_face_px__gte=30, smallest_face_px__lte=1000),
            ),
            models.CheckConstraint(
                name="camera_threshold_range",
                condition=Q(match_threshold=None) | Q(match_threshold__gte=0.1, match_threshold__lte=1.0),
            ),
            models.CheckConstraint(
                name="camera_source_without_login",
                condition=~Q(source__regex=r"^[A-Za-z]+://[^/?#]*@"),
                violation_error_message="User and password have fields of their own.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_password(self) -> bool:
        return bool(self.sealed_password)

    @property
    def is_browser(self) -> bool:
        """Whether its pictures come from a page on a phone or a laptop."""
        return self.source == BROWSER

    def state_at(self, now: datetime) -> tuple[str, str]:
        """State and reason as they may be shown at `now`: the switch counts at once, before a worker follows it."""
        if not self.enabled:
            return CameraStatus.State.OFF, ""
        status: CameraStatus | None = getattr(self, "status", None)
        if status is None or status.state == CameraStatus.State.OFF:
            return CameraStatus.State.WAITING, ""
        return status.state_at(now)


class CameraStatus(models.Model):
    """What a camera does now and which worker runs it. A table of its own, so that editing a camera in the
    admin and a worker's heartbeat never overwrite each other."""

    class State(models.TextChoices):
        OFF = "off", "off"
        WAITING = "waiting", "waiting for a worker"
        CONNECTING = "connecting", "connecting"
        LIVE = "live", "live"
        STALLED = "stalled", "stalled"
        DOWN = "down", "down"

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="status")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    """One sentence for people, without credentials."""
    heartbeat_at = models.DateTimeField(null=True)
    last_frame_at = models.DateTimeField(null=True)
    frame_age_ms = models.PositiveIntegerField(null=True)
    frame_width_px = models.PositiveIntegerField(null=True)
    frame_height_px = models.PositiveIntegerField(null=True)
    fps_read = models.FloatField(null=True)
    fps_analysed = models.FloatField(null=True)
    frames_dropped = models.BigIntegerField(default=0)
    gallery_version = models.BigIntegerField(null=True)
    lease_holder = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "camera status"
        indexes = [models.Index(fields=["lease_expires_at"], name="camera_status_lease")]
        constraints = [
            models.CheckConstraint(
                name="camera_lease_has_an_end",
                condition=Q(lease_holder="") | Q(lease_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.state}"

    def state_at(self, now: datetime) -> tuple[str, str]:
        """State and reason as they may be shown at `now`: the last word of a worker that fell silent is not
        the state of its camera."""
        if self.state in (self.State.OFF, self.State.WAITING):
            return self.state, self.reason
        silent = self.heartbeat_at is None or (now - self.heartbeat_at).total_seconds() > SILENT_AFTER_S
        unleased = self.lease_expires_at is None or self.lease_expires_at < now
        if silent and unleased:
            return self.State.WAITING, Reason.NO_WORKER.said()
        return self.state, self.reason


class Sighting(models.Model):
    """One track's visit to one camera: who it was, from when to when, and why it was decided so."""

    id = models.UUIDField(primary_key=True, editable=False)
    """Made by the camera child when the visit begins: recording it twice changes nothing."""
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="sightings")
    verdict = models.CharField(max_length=10, choices=Verdict)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sightings")
    """Who it is (match) or may be (review)."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    distance = models.FloatField(null=True, blank=True)
    """The best distance to the nearest person, also of unknown faces; null while the gallery is empty."""
    margin = models.FloatField(null=True, blank=True)
    match_threshold = models.FloatField()
    review_threshold = models.FloatField()
    votes = models.PositiveIntegerField(default=0)
    """Encodings that voted for the verdict."""
    encodings = models.PositiveIntegerField(default=0)
    """Encodings made of this visit."""
    gallery_version = models.BigIntegerField()
    withheld = False
    """Whether the reader may not know what the face was compared with (streams/withholding.py)."""

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        permissions = [("search_sightings", "Can search sightings by a face")]
        indexes = [
            models.Index(fields=["-first_seen_at", "-id"], name="sighting_newest"),
            models.Index(fields=["camera", "-first_seen_at"], name="sighting_camera"),
            models.Index(fields=["person", "-last_seen_at"], name="sighting_person"),
            models.Index(fields=["last_seen_at", "first_seen_at"], name="sighting_named", condition=Q(verdict="match")),
            models.Index(fields=["camera"], name="sighting_open", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="sighting_person_unless_unknown",
                condition=Q(verdict="unknown", person=None) | Q(verdict__in=["match", "review"], person__isnull=False),
            ),
            models.CheckConstraint(name="sighting_seen_in_order", condition=Q(last_seen_at__gte=F("first_seen_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {self.first_seen_at:%Y-%m-%d %H:%M:%S}"


class Detection(models.Model):
    """Evidence of a sighting: one face at one moment, with its picture and what it was compared with."""

    id = models.UUIDField(primary_key=True, editable=False)
    sighting = models.ForeignKey(Sighting, on_delete=models.CASCADE, related_name="detections")
    captured_at = models.DateTimeField()
    box = models.JSONField()
    """[left, top, right, bottom] in pixels of the frame."""
    frame_width_px = models.PositiveIntegerField()
    frame_height_px = models.PositiveIntegerField()
    score = models.FloatField()
    quality = models.FloatField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """The nearest person, named or not."""
    distance = models.FloatField(null=True, blank=True)
    margin = models.FloatField(null=True, blank=True)
    gallery_version = models.BigIntegerField()
    snapshot = models.FileField(upload_to=snapshot_name, max_length=200, blank=True)
    withheld = False
    """As Sighting.withheld."""

    objects = DetectionQuerySet.as_manager()

    class Meta:
        ordering = ["captured_at", "id"]
        indexes = [models.Index(fields=["-captured_at", "-id"], name="detection_newest")]
        constraints = [
            models.CheckConstraint(name="detection_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {self.captured_at:%H:%M:%S}"
