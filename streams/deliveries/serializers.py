"""Channels and deliveries as the API takes and shows them. No secret is among them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.rest.strict import StrictFields
from streams.channels.entering import MOST_RECIPIENTS
from streams.channels.services import save_channel
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup, camera_limits, groups_within

ADDRESS = (
    "place", "service", "recipients", "host", "port", "encrypted", "username", "base_topic", "discovery_prefix",
    "certificate",
)  # fmt: skip
SECRET = ("url", "password")


class GroupNames(serializers.SlugRelatedField[CameraGroup]):
    """Groups of cameras by their names, among those that the caller may choose."""

    def get_queryset(self) -> Any:
        return groups_within(camera_limits(self.context["request"].user))


class ChannelSerializer(StrictFields, serializers.ModelSerializer[Channel]):
    """Where alerts go. A webhook and Apprise have `url`, e-mail has `recipients`, MQTT `host` and what follows it."""

    camera_groups = GroupNames(
        slug_field="name", many=True, required=False, help_text="Names. It tells of their cameras, unless `everywhere`."
    )
    url = serializers.CharField(
        write_only=True,
        required=False,
        max_length=2000,
        help_text="Webhook: the address that is posted to. Apprise: its address, such as tgram://…. Stored sealed and "
        "never shown; leave it out to keep it.",
    )
    place = serializers.SerializerMethodField(help_text="Webhook: where it leads; empty for others.")
    service = serializers.SerializerMethodField(help_text="Apprise: which service it is; empty for others.")
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=254),
        source="address.recipients",
        required=False,
        max_length=MOST_RECIPIENTS,
        help_text="E-mail: the addresses.",
    )
    host = serializers.CharField(source="address.host", required=False, max_length=253, help_text="MQTT: the broker.")
    port = serializers.IntegerField(
        source="address.port", required=False, min_value=1, max_value=65_535, help_text="MQTT: 8883, in clear 1883."
    )
    encrypted = serializers.BooleanField(source="address.encrypted", required=False, help_text="MQTT: by TLS.")
    username = serializers.CharField(
        source="address.username", required=False, allow_blank=True, max_length=200, help_text="MQTT."
    )
    password = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=200,
        trim_whitespace=False,
        help_text="MQTT. Stored sealed and never shown. Empty removes it; leave it out to keep it.",
    )
    base_topic = serializers.CharField(
        source="address.base_topic", required=False, max_length=100, help_text="MQTT: all topics begin with it."
    )
    discovery_prefix = serializers.CharField(
        source="address.discovery_prefix",
        required=False,
        max_length=100,
        help_text="MQTT: what Home Assistant looks below for devices.",
    )
    certificate = serializers.CharField(
        source="address.certificate",
        required=False,
        allow_blank=True,
        max_length=20_000,
        help_text="Webhook and MQTT: a certificate in PEM that is trusted beside the public authorities.",
    )

    class Meta:
        model = Channel
        fields = [
            "id", "name", "kind", "is_on", "everywhere", "camera_groups", *ADDRESS, *SECRET,
            "old_key_until", "last_ok_at", "last_problem", "failing_since", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["old_key_until", "last_ok_at", "last_problem", "failing_since"]
        extra_kwargs = {
            "is_on": {"initial": True},
            "everywhere": {"initial": True, "help_text": "Whether it tells of all cameras."},
            "kind": {"help_text": "It stays as it is made."},
            "old_key_until": {"help_text": "Webhook: until when the key before the newest one signs, too; or null."},
            "last_problem": {"help_text": "A sentence about its last failure."},
            "failing_since": {"help_text": "Null while all is well."},
        }

    def get_place(self, channel: Channel) -> str:
        return str(channel.address.get("place", ""))

    def get_service(self, channel: Channel) -> str:
        return str(channel.address.get("service", ""))

    def create(self, validated_data: dict[str, Any]) -> Channel:
        entered = _entered(validated_data)
        groups = validated_data.pop("camera_groups", None)
        return self._save(Channel(**validated_data), entered, groups)

    def update(self, instance: Channel, validated_data: dict[str, Any]) -> Channel:
        entered = _entered(validated_data)
        groups = validated_data.pop("camera_groups", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return self._save(instance, entered, groups)

    def _save(self, channel: Channel, entered: dict[str, Any], groups: Any) -> Channel:
        try:
            save_channel(channel=channel, entered=entered, groups=groups, by=self.context["request"].user)
        except Refused as refused:
            raise serializers.ValidationError(serializers.as_serializer_error(refused)) from None
        return channel


def _entered(validated: dict[str, Any]) -> dict[str, Any]:
    """Takes out of `validated` what only one kind of channel has."""
    secret = {name: validated.pop(name) for name in SECRET if name in validated}
    return {**validated.pop("address", {}), **secret}


class SigningKeySerializer(serializers.Serializer[Any]):
    """A webhook's new signing key."""

    signing_key = serializers.CharField(help_text="whsec_…, as receivers enter it. It is shown this once.")
    old_key_until = serializers.DateTimeField(help_text="Until when the key before it signs, too.")


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One thing that one channel is told, and what became of it."""

    channel_name = serializers.CharField(source="channel.name")
    told = serializers.SerializerMethodField(help_text="What it tells of the alert, in one line; null for others.")

    class Meta:
        model = Delivery
        fields = [
            "id", "channel", "channel_name", "alert", "kind", "told", "state", "attempts", "last_reason", "made_at",
            "next_at", "sent_at", "summary",
        ]  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The receiver sees it, the same at each attempt."},
            "last_reason": {
                "help_text": "A sentence that says why the last attempt failed; if it was sent, which recipients were "
                "refused."
            },
            "next_at": {"help_text": "When it is tried next, while it waits."},
            "summary": {"help_text": "The delivery that tells it in a summary, if there were too many."},
        }
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_told(self, delivery: Delivery) -> str | None:
        return delivery.alert.said_to(self.context["request"].user) if delivery.alert else None
