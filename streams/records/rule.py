"""The table of rules: who × where × when × how sure raises an alert."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from people.accounts.limits import Looker
from people.records.groups import people_within, person_limits
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.alert_words import BadText, check_text
from streams.records.camera import Camera
from streams.records.camera_settings import validate_hours
from streams.records.channel import Channel
from streams.records.day_exceptions import EXAMPLE, read_exceptions
from streams.records.groups import CameraGroup, camera_limits, cameras_within, groups_within
from streams.records.hours import BadHours
from streams.records.states import Certainty, OffBecause, RuleKind, Severity

NAMING_NOBODY = (RuleKind.UNKNOWN, RuleKind.STRANGER_SEEN, RuleKind.CAMERA_DOWN)
"""Kinds whose alerts name no person."""
MOST_LOOKS = 12
"""As many encodings of a sighting as a camera keeps."""
LONGEST_COOL_DOWN_S = 7 * 24 * 3600


def validate_exceptions(text: str) -> None:
    try:
        read_exceptions(text)
    except BadHours as bad:
        raise ValidationError(str(bad)) from None


def validate_text(text: str) -> None:
    try:
        check_text(text)
    except BadText as bad:
        raise ValidationError(str(bad)) from None


class RuleQuerySet(models.QuerySet["Rule"]):
    def on(self) -> RuleQuerySet:
        return self.filter(is_on=True)

    def switched_off_by_itself(self) -> RuleQuerySet:
        """Rules that the database switched off, because nothing is left of what they name."""
        return self.exclude(off_because="")

    def within_limits_of(self, user: Looker) -> RuleQuerySet:
        """Rules that can name no camera and no person that does not exist for `user`."""
        cameras, people = camera_limits(user), person_limits(user)
        rows = self
        if cameras:
            named_cameras = Rule.cameras.through.objects.filter(rule=OuterRef("pk"))
            named_groups = Rule.camera_groups.through.objects.filter(rule=OuterRef("pk"))
            rows = rows.filter(
                ~Exists(named_cameras.exclude(cameras_within(cameras, "camera_id"))),
                ~Exists(named_groups.exclude(cameragroup__in=groups_within(cameras))),
                everywhere=False,
            )
        if people:
            shown = Q(person__isnull=False) & people_within(people, "person_id")
            rows = rows.filter(shown | Q(kind__in=NAMING_NOBODY))
        return rows

    def visible_to(self, user: Any) -> RuleQuerySet:
        """The same as within_limits_of; none if `user` has no right to see rules."""
        return self.within_limits_of(user) if user.has_perm("streams.view_rule") else self.none()


class Rule(models.Model):
    """One rule. If nothing is left of what it names, the database switches it off: it never becomes wider."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    is_on = models.BooleanField("on", default=True)
    off_because = models.CharField(max_length=12, choices=OffBecause, blank=True, default="", editable=False)
    """Why it was switched off by itself; empty: it was not."""
    kind = models.CharField("what it waits for", max_length=16, choices=RuleKind, default=RuleKind.UNKNOWN)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="rules")
    watchlist = models.ForeignKey(Watchlist, on_delete=models.SET_NULL, null=True, blank=True, related_name="rules")
    times = models.PositiveSmallIntegerField(
        "visits",
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
        help_text="Of a stranger who comes again: from which visit on.",
    )
    minutes = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="Of a camera: how long it gives no pictures.",
    )
    everywhere = models.BooleanField("all cameras", default=True)
    cameras = models.ManyToManyField(Camera, blank=True, related_name="rules")
    camera_groups = models.ManyToManyField(CameraGroup, blank=True, related_name="rules")
    """With `cameras`, where it looks unless `everywhere`: nowhere if both are empty."""
    hours = models.TextField(
        blank=True,
        default="",
        max_length=1000,
        validators=[validate_hours],
        help_text="In the time of the site, such as Mon-Fri 07:00-19:00; Sat 22:00-02:00. Empty: always.",
    )
    outside_hours = models.BooleanField("outside of these hours", default=False)
    exceptions = models.TextField(
        blank=True,
        default="",
        max_length=2000,
        validators=[validate_exceptions],
        help_text=f"Days on which other hours hold, such as {EXAMPLE}.",
    )
    certainty = models.CharField(
        "how sure", max_length=10, choices=Certainty, default=Certainty.CERTAIN, help_text="Of a name."
    )
    looks = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_LOOKS)],
        help_text="How many looks at the face must agree.",
    )
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.WARNING)
    cool_down_s = models.PositiveIntegerField(
        "seconds of quiet",
        default=300,
        validators=[MaxValueValidator(LONGEST_COOL_DOWN_S)],
        help_text="After an alert it raises no other about the same person at the same camera for so long.",
    )
    text = models.CharField(
        max_length=300,
        blank=True,
        default="",
        validators=[validate_text],
        help_text="What the alert says; empty: a sentence of the site's.",
    )
    two_people = models.BooleanField(
        "two people decide", default=False, help_text="An alert counts as true or false once two people say so."
    )
    channels = models.ManyToManyField(Channel, blank=True, related_name="rules")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    looked_until = models.DateTimeField(null=True, editable=False)
    """Up to when somebody has looked for people who did not come: the row is the job."""

    objects = RuleQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="rule_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="rule_kind", condition=Q(kind__in=RuleKind.values)),
            models.CheckConstraint(name="rule_certainty", condition=Q(certainty__in=Certainty.values)),
            models.CheckConstraint(name="rule_severity", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(
                name="rule_names_whom_it_waits_for",
                condition=Q(is_on=False)
                | Q(kind=RuleKind.PERSON, person__isnull=False, watchlist=None)
                | Q(kind=RuleKind.WATCHLIST, person=None, watchlist__isnull=False)
                | (Q(kind=RuleKind.NOBODY_CAME) & ~Q(person=None, watchlist=None))
                | (
                    ~Q(kind__in=[RuleKind.PERSON, RuleKind.WATCHLIST, RuleKind.NOBODY_CAME])
                    & Q(person=None, watchlist=None)
                ),
            ),
            models.CheckConstraint(name="rule_off_because", condition=Q(off_because="") | Q(is_on=False)),
            models.CheckConstraint(name="rule_times_from_2", condition=Q(times__gte=2)),
            models.CheckConstraint(name="rule_minutes_from_1", condition=Q(minutes__gte=1)),
            models.CheckConstraint(name="rule_looks_range", condition=Q(looks__gte=1, looks__lte=MOST_LOOKS)),
            models.CheckConstraint(name="rule_cool_down_range", condition=Q(cool_down_s__lte=LONGEST_COOL_DOWN_S)),
        ]

    def __str__(self) -> str:
        return self.name


class RuleQuiet(models.Model):
    """Until when a rule raises no other alert about the same subject."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="quiet")
    subject = models.CharField(max_length=200)
    """As in Alert: whom and where."""
    until = models.DateTimeField()

    class Meta:
        app_label = "streams"
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="rule_quiet_once", fields=["rule", "subject"])]

    def __str__(self) -> str:
        return f"{self.rule_id} about {self.subject} until {self.until:%Y-%m-%d %H:%M:%S}"
