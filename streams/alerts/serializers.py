"""What the API says of alerts, and takes of whoever works them off."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.rest.strict import StrictFields
from streams.alerts.cards import AlertCard
from streams.api.camera_serializers import CameraRefSerializer
from streams.api.sighting_serializers import PersonRefSerializer
from streams.api.stranger_ref import StrangerRefSerializer
from streams.records.alert import AlertNote
from streams.records.states import ALERT_KINDS, AlertOutcome, AlertState, Severity


class AlertRuleSerializer(serializers.Serializer[Any]):
    """The rule that raised it, by its name then."""

    id = serializers.UUIDField(source="rule_id", allow_null=True, help_text="Null: it was deleted since.")
    name = serializers.CharField(source="rule_name")


class AlertSerializer(serializers.Serializer[AlertCard]):
    """Something that somebody must look at, and how far it was worked off."""

    id = serializers.UUIDField(source="alert.pk")
    rule = AlertRuleSerializer(source="alert")
    kind = serializers.ChoiceField(
        ALERT_KINDS,
        source="alert.kind",
        help_text="What the rule waited for; `suspended`: an entry of its watchlist raises no alerts any more.",
    )
    severity = serializers.ChoiceField(Severity.choices, source="alert.severity")
    said = serializers.CharField(help_text="What it says, in one line.")
    camera = CameraRefSerializer(source="alert.camera", allow_null=True)
    person = PersonRefSerializer(
        source="alert.person", allow_null=True, help_text="Whom the camera named, or took to be likely, then."
    )
    watchlist = serializers.IntegerField(
        source="alert.watchlist_id", allow_null=True, help_text="The id of the list that its rule waited for."
    )
    stranger = StrangerRefSerializer(source="alert.stranger", allow_null=True)
    sighting = serializers.UUIDField(source="alert.sighting_id", allow_null=True)
    verdict = serializers.CharField(source="alert.verdict", help_text="match, review, unknown or empty, as it was.")
    now = serializers.CharField(help_text="What holds by now, in words, if that is something else; or empty.")
    count = serializers.IntegerField(source="alert.count", allow_null=True, help_text="Visits, or minutes.")
    raised_at = serializers.DateTimeField(source="alert.raised_at")
    captured_at = serializers.DateTimeField(
        source="alert.captured_at", help_text="When the frame was captured that decided it."
    )
    state = serializers.ChoiceField(
        AlertState.choices,
        source="alert.state",
        help_text="`second`: one person has decided, and its rule asks for two.",
    )
    two_people = serializers.BooleanField(source="alert.two_people")
    acknowledged_at = serializers.DateTimeField(source="alert.acknowledged_at", allow_null=True)
    acknowledged_who = serializers.CharField(source="alert.acknowledged_who")
    decided = serializers.CharField(source="alert.decided", help_text="What the first person said, or empty.")
    decided_at = serializers.DateTimeField(source="alert.decided_at", allow_null=True)
    decided_who = serializers.CharField(source="alert.decided_who")
    second = serializers.CharField(source="alert.second", help_text="What the second person said, or empty.")
    second_at = serializers.DateTimeField(source="alert.second_at", allow_null=True)
    second_who = serializers.CharField(source="alert.second_who")
    outcome = serializers.CharField(
        source="alert.outcome", help_text="What it counts as once it is closed: true, false or unsure; or empty."
    )
    snapshot_url = serializers.SerializerMethodField()
    page_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, card: AlertCard) -> str | None:
        request = self.context["request"]
        return reverse("api-detection-snapshot", args=[card.picture], request=request) if card.picture else None

    @extend_schema_field(serializers.URLField())
    def get_page_url(self, card: AlertCard) -> str:
        return reverse("alert", args=[card.alert.pk], request=self.context["request"])


class CloseAlertSerializer(StrictFields, serializers.Serializer[Any]):
    """What it turned out to be."""

    outcome = serializers.ChoiceField(AlertOutcome.choices)
    seen = serializers.ChoiceField(
        AlertState.choices,
        required=False,
        help_text="The state in which you saw it. 409 if somebody has decided since; else you may be taken for the "
        "second of two.",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class NewAlertNoteSerializer(StrictFields, serializers.Serializer[Any]):
    """A note to write beside it."""

    text = serializers.CharField(max_length=2000)


class AlertNoteSerializer(serializers.ModelSerializer[AlertNote]):
    """What somebody wrote beside an alert."""

    class Meta:
        model = AlertNote
        fields = ["at", "who", "text"]
        read_only_fields = fields
