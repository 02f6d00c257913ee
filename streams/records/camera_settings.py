"""What a camera has to be told beside its address: how it hangs, where and when it looks, and what is kept."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from streams.pipeline.messages import FootageKind
from streams.pipeline.reasons import Reason
from streams.pipeline.view import HIGHEST_ASPECT, LOWEST_ASPECT, CameraView
from streams.records.hours import BadHours, WeeklyHours
from streams.records.regions import read_regions, validate_regions
from streams.records.states import CameraRole, ClipLength, HowVideoTravels, StrangersKept, Turn, WhatIsDecoded

LONGEST_DOWN_AFTER_S = 3600
SLOWEST_SNAPSHOTS_S = 3600.0
QUICKEST_SNAPSHOTS_S = 0.1


def validate_hours(text: str) -> None:
    try:
        WeeklyHours.read(text)
    except BadHours as bad:
        raise ValidationError(str(bad)) from None


class CameraSettings(models.Model):
    looking_source = models.CharField(
        "smaller stream",
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text="A second address of the same camera with a smaller picture. Faces are looked for in it, which "
        "costs less; pictures come from it, too. Login and allowed networks are those of the first address.",
    )
    snapshot_seconds = models.FloatField(
        "seconds between snapshots",
        default=1,
        db_default=1,
        validators=[MinValueValidator(QUICKEST_SNAPSHOTS_S), MaxValueValidator(SLOWEST_SNAPSHOTS_S)],
        help_text="How often an address that gives one picture at a time is asked.",
    )
    down_after_s = models.PositiveSmallIntegerField(
        "seconds until it counts as down",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(LONGEST_DOWN_AFTER_S)],
        help_text="A lost camera is “connecting” for so long before it is “down”; 0: at once.",
    )
    decoding = models.CharField(
        "what is decoded",
        choices=WhatIsDecoded,
        max_length=10,
        default=WhatIsDecoded.ON_MOTION,
        db_default=WhatIsDecoded.ON_MOTION,
        help_text="While nothing moves and nobody watches, only a stream's key frames are decoded, one every second or "
        "two, which saves nearly all of the processor time. Who steps in is seen from then on, a moment later.",
    )
    transport = models.CharField(
        "RTSP over TCP or UDP",
        choices=HowVideoTravels,
        max_length=10,
        default=HowVideoTravels.AUTOMATIC,
        db_default=HowVideoTravels.AUTOMATIC,
        help_text="Over UDP, pictures are lost where the network is busy, and UDP ports must be open towards the "
        "worker: choose it alone only for a camera whose video over TCP does not work.",
    )
    turn = models.PositiveSmallIntegerField(
        choices=Turn,
        default=Turn.NONE,
        db_default=Turn.NONE,
        help_text="How the picture has to be turned so that people stand upright.",
    )
    mirrored = models.BooleanField(
        default=False, db_default=False, help_text="The camera shows left and right in each other's place."
    )
    pixel_aspect = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(LOWEST_ASPECT), MaxValueValidator(HIGHEST_ASPECT)],
        help_text="If faces look too wide or too narrow: width of a pixel divided by its height, 1.09 for old PAL "
        "cameras. Empty: as the stream says.",
    )
    regions = models.JSONField(
        default=list,
        blank=True,
        db_default=Value([], models.JSONField()),
        validators=[validate_regions],
        help_text="Parts of the picture where faces are looked for, and parts that are never kept.",
    )
    hours = models.TextField(
        blank=True,
        default="",
        db_default="",
        max_length=1000,
        validators=[validate_hours],
        help_text="When it looks, in the time of the site, such as Mon-Fri 07:00-19:00; Sat 22:00-02:00. "
        "Empty: always.",
    )
    role = models.CharField(
        choices=CameraRole,
        max_length=10,
        default=CameraRole.NONE,
        db_default=CameraRole.NONE,
        help_text="What it means that somebody is seen here.",
    )
    strangers = models.CharField(
        "what is kept of strangers",
        choices=StrangersKept,
        max_length=10,
        default=StrangersKept.PICTURES,
        db_default=StrangersKept.PICTURES,
        help_text="Of faces that get no name. They are shown live in any case. What was kept before stays until the "
        "schedule of keeping deletes it.",
    )

    keeps_whole_frame = models.BooleanField(
        "whole frame",
        default=True,
        db_default=True,
        help_text="With each sighting the whole picture of its deciding look is kept, with everybody who is in it. "
        "Not where pictures of strangers are not kept.",
    )

    clip_seconds = models.PositiveSmallIntegerField(
        "clip",
        choices=ClipLength,
        default=ClipLength.NONE,
        db_default=ClipLength.NONE,
        help_text="With each sighting some seconds around its deciding look are kept as a film without sound. "
        "Not where pictures of strangers are not kept.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="camera_looking_source_without_login",
                condition=~Q(looking_source__regex=r"^[A-Za-z]+://[^/?#]*@"),
                violation_error_message="User and password have fields of their own.",
            ),
            models.CheckConstraint(name="camera_decoding", condition=Q(decoding__in=WhatIsDecoded.values)),
            models.CheckConstraint(name="camera_transport", condition=Q(transport__in=HowVideoTravels.values)),
            models.CheckConstraint(name="camera_turn", condition=Q(turn__in=Turn.values)),
            models.CheckConstraint(
                name="camera_pixel_aspect_range",
                condition=Q(pixel_aspect=None) | Q(pixel_aspect__gte=LOWEST_ASPECT, pixel_aspect__lte=HIGHEST_ASPECT),
            ),
            models.CheckConstraint(
                name="camera_snapshot_seconds_range",
                condition=Q(snapshot_seconds__gte=QUICKEST_SNAPSHOTS_S, snapshot_seconds__lte=SLOWEST_SNAPSHOTS_S),
            ),
            models.CheckConstraint(name="camera_down_after_range", condition=Q(down_after_s__lte=LONGEST_DOWN_AFTER_S)),
            models.CheckConstraint(name="camera_role", condition=Q(role__in=CameraRole.values)),
            models.CheckConstraint(name="camera_clip_seconds", condition=Q(clip_seconds__in=ClipLength.values)),
            models.CheckConstraint(name="camera_strangers", condition=Q(strangers__in=StrangersKept.values)),
        ]

    @property
    def view(self) -> CameraView:
        """How its frames become upright pictures. Raises ValidationError if the stored regions are damaged."""
        return CameraView(self.turn, self.mirrored, self.pixel_aspect, read_regions(self.regions))

    def may_keep(self, kind: FootageKind) -> bool:
        """Returns whether it keeps whole frames, or clips: these show strangers, too."""
        is_asked_for = {FootageKind.FRAME: self.keeps_whole_frame, FootageKind.CLIP: self.clip_seconds > 0}
        return is_asked_for[kind] and self.strangers == StrangersKept.PICTURES

    def is_asleep_at(self, now: datetime) -> bool:
        """Returns whether `now` is outside of its hours, in the site's time zone."""
        return bool(self.hours) and not self._week.covers(timezone.localtime(now, timezone.get_default_timezone()))

    def asleep_reason(self, now: datetime) -> str:
        """Returns "Asleep until 07:00 CET.", with the day if that is a day away or more."""
        start = self._week.next_start(now, timezone.get_default_timezone())
        if start is None:
            return ""
        is_soon = (start - now).total_seconds() < 24 * 3600
        return Reason.ASLEEP.said(when=f"{start:%H:%M %Z}" if is_soon else f"{start:%A %H:%M %Z}")

    @property
    def _week(self) -> WeeklyHours:
        """Its hours; always, if the row holds something else: one damaged row must not stop a sweep of all."""
        try:
            return WeeklyHours.read(self.hours)
        except BadHours:
            return WeeklyHours(())
