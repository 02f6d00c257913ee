"""What the API says of proposals and suspensions, and takes of whoever proposes and decides."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.records.proposal import ProposalKind, ProposalState
from people.records.suspension import Suspension
from people.rest.strict import StrictFields
from streams.api.sighting_serializers import PersonRefSerializer
from streams.records.rule import MOST_LOOKS
from streams.records.states import Certainty
from streams.watching.proposal_cards import ProposalCard


class ProposalSerializer(serializers.Serializer[ProposalCard]):
    """What one user has proposed for a watchlist, and another one decides."""

    id = serializers.UUIDField(source="proposal.pk")
    kind = serializers.ChoiceField(ProposalKind.choices, source="proposal.kind")
    said = serializers.CharField(help_text="What is to be done, in one sentence.")
    watchlist = serializers.IntegerField(source="proposal.watchlist_id")
    person = PersonRefSerializer(allow_null=True)
    rule = serializers.UUIDField(source="proposal.rule_id", allow_null=True)
    certainty = serializers.CharField(
        source="proposal.asked.certainty", default=None, allow_null=True, help_text="How sure the rule is to be."
    )
    looks = serializers.IntegerField(source="proposal.asked.looks", default=None, allow_null=True)
    reason = serializers.CharField(source="proposal.reason")
    state = serializers.ChoiceField(ProposalState.choices, source="standing")
    is_mine = serializers.BooleanField(help_text="True: you have proposed it, so another user decides.")
    proposed_who = serializers.CharField(source="proposal.proposed_who")
    proposed_at = serializers.DateTimeField(source="proposal.proposed_at")
    expires_at = serializers.DateTimeField(source="proposal.expires_at")
    decided_who = serializers.CharField(source="proposal.decided_who")
    decided_at = serializers.DateTimeField(source="proposal.decided_at", allow_null=True)
    decided_why = serializers.CharField(source="proposal.decided_why")
    photo_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_photo_url(self, card: ProposalCard) -> str | None:
        request = self.context["request"]
        return reverse("api-photo-crop", args=[card.photo], request=request) if card.photo else None


class NewProposalSerializer(StrictFields, serializers.Serializer[Any]):
    """Something to propose. `entry` and `revive` need a list and a person, `option` a list, `certainty` a rule."""

    kind = serializers.ChoiceField(ProposalKind.choices)
    watchlist = serializers.IntegerField(required=False, help_text="The id of a list that asks for two people.")
    person = serializers.UUIDField(required=False)
    rule = serializers.UUIDField(required=False)
    certainty = serializers.ChoiceField(Certainty.choices, required=False, help_text="How sure the rule is to be.")
    looks = serializers.IntegerField(required=False, min_value=1, max_value=MOST_LOOKS)
    reason = serializers.CharField(max_length=500, help_text="Whoever decides reads it.")


class DecisionSerializer(StrictFields, serializers.Serializer[Any]):
    """Why it is confirmed or refused."""

    why = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SuspensionSerializer(serializers.ModelSerializer[Suspension]):
    """From when until when somebody raised no alerts by one watchlist."""

    watchlist = serializers.IntegerField(source="watchlist_id")
    person = PersonRefSerializer()
    at = serializers.DateTimeField()
    false = serializers.IntegerField(help_text="False alarms among the latest closed alerts then.")
    closed = serializers.IntegerField(help_text="How many closed alerts were looked at.")

    class Meta:
        model = Suspension
        fields = ["id", "watchlist", "person", "at", "false", "closed", "revived_at", "revived_who", "revived_why"]
        read_only_fields = fields


class RevivalSerializer(StrictFields, serializers.Serializer[Any]):
    """Why the entry is to raise alerts again."""

    why = serializers.CharField(max_length=500)
