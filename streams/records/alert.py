"""The table of alerts: each is one thing that somebody must look at, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.base.site_time import clock_words, day_words
from people.records.groups import people_listed, person_limits
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.alert_words import USUAL, filled
from streams.records.camera import Camera
from streams.records.groups import camera_limits, cameras_within
from streams.records.rule import NAMING_NOBODY, Rule
from streams.records.sighting import Sighting
from streams.records.states import ALERT_KINDS, AlertOutcome, AlertState, RuleKind, Severity, StoredVerdict
from streams.records.stranger import Stranger

ERASED = "somebody who was deleted since"
A_LIST = "a watchlist"
"""How a watchlist is called to who may not see any."""
DECIDED = (AlertState.SECOND, AlertState.CLOSED)


class AlertQuerySet(models.QuerySet["Alert"]):
    def within_limits_of(self, user: Looker) -> AlertQuerySet:
        """Alerts by cameras that exist for `user`, about people who do, and about nobody.

        An alert of no camera, about somebody who did not come, goes with its rule.
        """
        cameras, people = camera_limits(user), person_limits(user)
        rows = self
        if cameras:
            of_rule = Q(camera=None, kind=RuleKind.NOBODY_CAME) & Exists(
                Rule.objects.within_limits_of(user).filter(pk=OuterRef("rule"))
            )
            rows = rows.filter(cameras_within(cameras, "camera_id") | of_rule)
        if people:
            (shown,) = people_listed(people, "person_id")
            rows = rows.filter(shown | Q(person=None, kind__in=NAMING_NOBODY))
        return rows

    def visible_to(self, user: Any) -> AlertQuerySet:
        """The same as within_limits_of; none if `user` has no right to see alerts."""
        return self.within_limits_of(user) if user.has_perm("streams.view_alert") else self.none()

    def open(self) -> AlertQuerySet:
        return self.exclude(state=AlertState.CLOSED)


class Alert(models.Model):
    """One alert. What it says, and what the camera said then, stays as it was; a later correction stands beside it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, null=True, related_name="alerts")
    rule_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=ALERT_KINDS)
    severity = models.CharField(max_length=10, choices=Severity)
    camera = models.ForeignKey(Camera, on_delete=models.SET_NULL, null=True, related_name="alerts")
    camera_name = models.CharField(max_length=200, blank=True, default="")
    sighting = models.ForeignKey(Sighting, on_delete=models.SET_NULL, null=True, related_name="alerts")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="alerts")
    """Whom the camera named, or only took to be likely, then."""
    stranger = models.ForeignKey(Stranger, on_delete=models.SET_NULL, null=True, related_name="alerts")
    watchlist = models.ForeignKey(
        Watchlist, on_delete=models.SET_NULL, null=True, related_name="alerts", db_index=False
    )
    """The list that its rule waited for then. A list that asks for two people has two decide (migration 0042)."""
    list_name = models.CharField(max_length=200, blank=True, default="")
    """The name of the watchlist that it is about, as it was then."""
    subject = models.CharField(max_length=200)
    """What makes two alerts about the same: a person at a camera, one outage of a camera, one morning."""
    verdict = models.CharField(max_length=10, choices=StoredVerdict, blank=True, default="")
    distance = models.FloatField(null=True)
    looks = models.PositiveIntegerField(null=True)
    """How many encodings agreed."""
    count = models.PositiveIntegerField(null=True)
    """The number of visits, or of minutes."""
    text = models.CharField(max_length=300, blank=True, default="")
    """The rule's text with its placeholders; empty: the usual sentence."""
    raised_at = models.DateTimeField(db_default=Now())
    captured_at = models.DateTimeField()
    """When the frame was captured that decided it, or what it is about happened."""

    state = models.CharField(max_length=12, choices=AlertState, default=AlertState.NEW)
    two_people = models.BooleanField(default=False)
    """Whether its rule wants two people to decide, as the rule stood then."""
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    acknowledged_who = models.CharField(max_length=400, blank=True, default="")
    """The name of the user, and of the API key, at the time; it outlasts both rows."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_who = models.CharField(max_length=400, blank=True, default="")
    decided = models.CharField(max_length=10, choices=AlertOutcome, blank=True, default="")
    """What the first person said."""
    second_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    second_who = models.CharField(max_length=400, blank=True, default="")
    second = models.CharField(max_length=10, choices=AlertOutcome, blank=True, default="")
    """What the second person said, if two decide."""
    outcome = models.CharField(max_length=10, choices=AlertOutcome, blank=True, default="")
    """What it counts as, once it is closed: what both said, and unsure if they differ."""

    objects = AlertQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-raised_at", "-id"]
        default_permissions = ("view",)
        permissions = [("work_off_alert", "Can acknowledge and close alerts")]
        indexes = [
            models.Index(fields=["-raised_at", "-id"], name="alert_newest"),
            models.Index(fields=["-raised_at", "-id"], name="alert_open", condition=~Q(state=AlertState.CLOSED)),
            models.Index(fields=["rule"], name="alert_false", condition=Q(outcome=AlertOutcome.FALSE)),
            models.Index(
                fields=["watchlist", "person", "-raised_at"],
                name="alert_of_entry",
                condition=Q(watchlist__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="alert_once_a_sighting", fields=["rule", "sighting"]),
            models.UniqueConstraint(
                name="alert_once_a_subject",
                fields=["rule", "subject"],
                condition=Q(kind__in=[RuleKind.CAMERA_DOWN, RuleKind.NOBODY_CAME]),
            ),
            models.CheckConstraint(name="alert_kind", condition=Q(kind__in=[kind for kind, _label in ALERT_KINDS])),
            models.CheckConstraint(name="alert_severity", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(name="alert_state", condition=Q(state__in=AlertState.values)),
            models.CheckConstraint(
                name="alert_acknowledged_by_somebody",
                condition=Q(acknowledged_at=None) | ~Q(acknowledged_who=""),
            ),
            models.CheckConstraint(
                name="alert_decided_by_somebody",
                condition=Q(state__in=DECIDED, decided_at__isnull=False, decided__in=AlertOutcome.values)
                & ~Q(decided_who="")
                | ~Q(state__in=DECIDED) & Q(decided_at=None, decided=""),
            ),
            models.CheckConstraint(
                name="alert_closed_with_an_outcome",
                condition=Q(state=AlertState.CLOSED, outcome__in=AlertOutcome.values)
                | ~Q(state=AlertState.CLOSED) & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="alert_second_person_decides",
                condition=~Q(state=AlertState.CLOSED, two_people=True)
                | (Q(second_at__isnull=False, second__in=AlertOutcome.values) & ~Q(second_who="")),
            ),
            models.CheckConstraint(
                name="alert_second_is_another",
                condition=Q(second_by=None) | Q(decided_by=None) | ~Q(second_by=F("decided_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name} at {self.raised_at:%Y-%m-%d %H:%M:%S}"

    @property
    def whom(self) -> str:
        """Returns the name of whom it is about, as it is now; "" if that is nobody known."""
        return self._whom(self.list_name)

    @property
    def said(self) -> str:
        """Returns what it says, in one line: "Ada Lovelace at Hall". It reads `person` and `stranger`: select them.

        It may name a watchlist: show pages' and the API's readers `said_to` instead. A channel may be told.
        """
        return self._said(self.text or USUAL[self.kind], self.list_name, self.whom)

    @property
    def said_without_list(self) -> str:
        """Returns the same without the name of a watchlist."""
        text = (self.text or USUAL[self.kind]).replace("“{list}”", "{list}")
        return self._said(text, self.list_name and A_LIST, self._whom(self.list_name and f"somebody on {A_LIST}"))

    def said_to(self, reader: Any) -> str:
        """Returns what it says to `reader`: a watchlist is named only to who may see watchlists."""
        return self.said if reader.has_perm("people.view_watchlist") else self.said_without_list

    def _whom(self, of_list: str) -> str:
        if self.person_id and self.person:
            return str(self.person)
        if self.kind in NAMING_NOBODY:
            return str(self.stranger) if self.stranger_id and self.stranger else ""
        return of_list if self.kind == RuleKind.NOBODY_CAME and of_list else ERASED

    def _said(self, text: str, list_name: str, whom: str) -> str:
        values = {
            "who": whom or ("a stranger" if self.kind == RuleKind.STRANGER_SEEN else "an unknown person"),
            "camera": self.camera_name or "no camera",
            "time": clock_words(self.captured_at),
            "day": day_words(self.captured_at),
            "how_sure": StoredVerdict(self.verdict).label if self.verdict else "",
            "count": str(self.count or ""),
            "rule": self.rule_name,
            "list": list_name,
        }
        said = filled(text, values)
        return said[:1].upper() + said[1:]


class AlertNote(models.Model):
    """What somebody wrote beside an alert. Rows are only added."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    who = models.CharField(max_length=400)
    text = models.TextField(max_length=2000)

    class Meta:
        app_label = "streams"
        ordering = ["at", "id"]
        default_permissions = ()
        constraints = [models.CheckConstraint(name="alert_note_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.who}: {self.text[:40]}"
