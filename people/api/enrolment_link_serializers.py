"""Enrolment links and kiosks as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.api.photo_serializers import SomebodyField
from people.records.enrolment_link import EnrolmentLink, Kiosk, LinkPicture
from people.records.person import Person
from people.rest.strict import StrictFields


class LinkPictureSerializer(serializers.ModelSerializer[LinkPicture]):
    """A picture that somebody sent by a link and nobody has decided on yet."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = LinkPicture
        fields = ["id", "url"]

    @extend_schema_field(serializers.URLField())
    def get_url(self, picture: LinkPicture) -> str:
        args = [picture.link_id, picture.pk]
        return reverse("api-enrolmentlink-picture", args=args, request=self.context["request"])


class EnrolmentLinkSerializer(serializers.ModelSerializer[EnrolmentLink]):
    """One link: how far it has come, and what waits for approval. Its address is shown once, as it is made."""

    pictures = LinkPictureSerializer(many=True, read_only=True)

    class Meta:
        model = EnrolmentLink
        fields = [
            "id", "name", "person", "kiosk", "state", "made_at", "expires_at", "text", "agreed_at", "sent_at",
            "decided_at", "withdrawn_at", "basis", "pictures",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            "name": {"help_text": "As the maker of the link, or the person, gave it."},
            "person": {"help_text": "Null: somebody new, whom the approval adds."},
            "text": {"help_text": "The version of the site's text that was agreed to."},
        }


class NewEnrolmentLinkSerializer(StrictFields, serializers.Serializer[Any]):
    """For whom a link is: somebody known by `person`, or somebody new, whom `name` may call."""

    person = SomebodyField(queryset=Person.objects.all(), required=False, allow_null=True)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MadeEnrolmentLinkSerializer(EnrolmentLinkSerializer):
    """A link that was just made, with its address."""

    address = serializers.SerializerMethodField()

    class Meta(EnrolmentLinkSerializer.Meta):
        fields = [*EnrolmentLinkSerializer.Meta.fields, "address"]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(help_text="Whoever has it can answer: it is shown now and never again."))
    def get_address(self, link: EnrolmentLink) -> str:
        return reverse("enrol", args=[self.context["secret"]], request=self.context["request"])


class ApprovalSerializer(StrictFields, serializers.Serializer[Any]):
    """Who it is, if the link does not say it."""

    person = serializers.UUIDField(required=False, allow_null=True, help_text="Null or missing: somebody new.")
    same_name = serializers.BooleanField(
        required=False, default=False, help_text="True: another person than everybody who has the name already."
    )


class KioskSerializer(serializers.ModelSerializer[Kiosk]):
    """A page on a tablet that makes a link for each person who comes."""

    class Meta:
        model = Kiosk
        fields = ["id", "place", "made_at", "revoked_at"]
        read_only_fields = fields


class NewKioskSerializer(StrictFields, serializers.Serializer[Any]):
    """Where the kiosk stands."""

    place = serializers.CharField(max_length=200)


class MadeKioskSerializer(KioskSerializer):
    """A kiosk that was just made, with the address of its page."""

    address = serializers.SerializerMethodField()

    class Meta(KioskSerializer.Meta):
        fields = [*KioskSerializer.Meta.fields, "address"]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(help_text="It works without a login: it is shown now and never again."))
    def get_address(self, kiosk: Kiosk) -> str:
        return reverse("kiosk", args=[self.context["secret"]], request=self.context["request"])
