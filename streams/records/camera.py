"""The tables of cameras: the settings of each and, in a second table, its live state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from people.accounts.limits import Looker
from people.recognition.types import FARTHEST
from streams.pipeline.messages import OwnThreshold
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import BROWSER
from streams.records.camera_settings import CameraSettings
from streams.records.groups import camera_limits, cameras_within
from streams.records.states import IDLE, KEPT_OF_NO_STRANGER, CameraStateName

# 15 s: a child reports every second; its worker kills a child that is silent for so long.
SILENT_AFTER_S = 15.0
# 5 s: while nothing changes, its worker writes a camera's rates and times no more often.
FIGURES_EVERY_S = 5.0


class CameraQuerySet(models.QuerySet["Camera"]):
    def within_limits_of(self, user: Looker) -> CameraQuerySet:
        """Cameras that exist for `user` by their limits (streams/records/groups.py); rights do not matter here."""
        limits = camera_limits(user)
        return self.filter(cameras_within(limits)) if limits else self

    def enabled(self) -> CameraQuerySet:
        return self.filter(enabled=True)

    def keeping_no_strangers(self) -> CameraQuerySet:
        """Cameras that write no sighting of an unknown face, so that no alert is about one; by name."""
        return self.filter(strangers__in=KEPT_OF_NO_STRANGER).order_by("name")

    def asleep(self, now: datetime) -> list[Camera]:
        """Enabled cameras outside of their hours. Reads only cameras that have hours."""
        return [camera for camera in self.enabled().exclude(hours="") if camera.is_asleep_at(now)]

    def visible_to(self, user: Any) -> CameraQuerySet:
        """Cameras whose pictures `user` may see."""
        return self.within_limits_of(user) if user.has_perm("streams.view_camera") else self.none()

    def sendable_by(self, user: Any) -> CameraQuerySet:
        """Browser cameras that `user` may send pictures to."""
        rights = ("streams.send_to_camera", "streams.change_camera")
        may_send = any(user.has_perm(right) for right in rights)
        return self.within_limits_of(user).filter(source=BROWSER) if may_send else self.none()


class Camera(CameraSettings):
    """Where frames come from and how to analyse them. CameraStatus has the live state."""

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
    """A token of streams.cameras.sealing; only opened for the camera's child."""
    enabled = models.BooleanField(default=True)
    loop = models.BooleanField(default=False, help_text="Start a file again when it ends.")
    analysis_fps = models.FloatField(
        default=8,
        validators=[MinValueValidator(0.2), MaxValueValidator(30)],
        help_text="Frames looked at per second.",
    )
    smallest_face_px = models.PositiveSmallIntegerField(
        default=40,
        validators=[MinValueValidator(18), MaxValueValidator(1000)],
        help_text="Faces narrower than this are not looked for. Larger is faster.",
    )
    match_threshold = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.05), MaxValueValidator(FARTHEST)],
        help_text="Distance within which a face gets a name here; empty for the site's.",
    )
    threshold_engine = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    """Key of the engine for which match_threshold was chosen; empty: dlib's, from before this was kept."""
    liveness_hint = models.BooleanField(
        "hint at held pictures",
        default=False,
        db_default=False,
        help_text=(
            "A sighting says “look closer” if its face may be a picture held before the camera: a print, a book cover, "
            "a phone. A hint and no proof."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [
            ("send_to_camera", "Can send pictures to a browser camera"),
            ("delete_camera_with_sightings", "Can delete a camera with all its sightings"),
        ]
        constraints = [
            *CameraSettings.Meta.constraints,
            models.CheckConstraint(
                name="camera_analysis_fps_range", condition=Q(analysis_fps__gte=0.2, analysis_fps__lte=30)
            ),
            models.CheckConstraint(
                name="camera_smallest_face_range",
                condition=Q(smallest_face_px__gte=18, smallest_face_px__lte=1000),
            ),
            models.CheckConstraint(
                name="camera_threshold_range",
                condition=Q(match_threshold=None) | Q(match_threshold__gte=0.05, match_threshold__lte=FARTHEST),
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
    def own_threshold(self) -> OwnThreshold | None:
        return None if self.match_threshold is None else OwnThreshold(self.match_threshold, self.threshold_engine)

    def translate_threshold(self, engine: str) -> None:
        """Puts the camera's own threshold, not saved, into the distances of this engine: as it is shown and edited."""
        if own := self.own_threshold:
            self.match_threshold = own.under(engine)
        self.threshold_engine = engine

    @property
    def is_browser(self) -> bool:
        """Whether a page on a phone or laptop sends its frames."""
        return self.source == BROWSER

    def state_at(self, now: datetime) -> tuple[str, str]:
        """Returns the state and reason to show at `now`: the switch counts at once, before a worker reacts to it."""
        if not self.enabled:
            return CameraStateName.OFF, ""
        if self.is_asleep_at(now):
            return CameraStateName.ASLEEP, self.asleep_reason(now)
        status: CameraStatus | None = getattr(self, "status", None)
        if status is None or status.state in (CameraStateName.OFF, CameraStateName.ASLEEP):
            return CameraStateName.WAITING, ""
        return status.state_at(now)


class CameraStatus(models.Model):
    """The live state of a camera and the worker that runs it.

    It has its own table, so that an edit in the admin and a worker's heartbeat never overwrite each other.
    """

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="status")
    state = models.CharField(max_length=12, choices=CameraStateName, default=CameraStateName.WAITING)
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
        constraints = [
            models.CheckConstraint(
                name="camera_lease_has_an_end",
                condition=Q(lease_holder="") | Q(lease_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.state}"

    def state_at(self, now: datetime) -> tuple[str, str]:
        """Returns the state and reason to show at `now`; WAITING if the worker that reported last fell silent."""
        if self.state in IDLE:
            return self.state, self.reason
        silent = self.heartbeat_at is None or (now - self.heartbeat_at).total_seconds() > SILENT_AFTER_S
        unleased = self.lease_expires_at is None or self.lease_expires_at < now
        if silent and unleased:
            return CameraStateName.WAITING, Reason.NO_WORKER.said()
        return self.state, self.reason

    def frame_age_ms_at(self, now: datetime) -> int | None:
        """Returns how old the newest picture was when its worker last told of it, or is `now` if that was long ago."""
        if self.last_frame_at is None:
            return None
        told = self.heartbeat_at
        at = told if told and (now - told).total_seconds() < 1.5 * FIGURES_EVERY_S else now
        return max(0, round(1000 * (at - self.last_frame_at).total_seconds()))
