"""People and watchlists as the API shows them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.api.photo_serializers import picture_link
from people.editing.person_services import save_person, save_watchlist
from people.records.metadata import MOST_BYTES, MOST_KEYS, check_metadata
from people.records.person import Person
from people.records.watchlist import TOO_MANY_FALSE, Watchlist
from people.rest.strict import StrictFields

MAX_MEMBERS = 10_000
FALSE_LIMITS = (("false_limit", None), ("false_of_last", 10))
"""Each with what a new list has."""


@extend_schema_field({"type": "object", "additionalProperties": {}, "maxProperties": MOST_KEYS})
class MetadataApiField(serializers.JSONField):
    """A JSON object."""


class PersonSerializer(StrictFields, serializers.ModelSerializer[Person]):
    """Somebody who may be recognised; retired people stay in the records."""

    photos_total = serializers.IntegerField(read_only=True)
    photos_enrolled = serializers.IntegerField(read_only=True, help_text="Photos that this person is recognised by.")
    photos_waiting = serializers.IntegerField(read_only=True, help_text="Not read yet.")
    photos_held = serializers.IntegerField(read_only=True, help_text="Somebody has to decide.")
    photos_rejected = serializers.IntegerField(read_only=True)
    portrait_url = serializers.SerializerMethodField()
    metadata = MetadataApiField(
        required=False,
        initial=dict,  # the browsable API's form starts with it
        validators=[check_metadata],
        help_text=f"What your organisation keeps for itself: at most {MOST_KEYS} names and {MOST_BYTES} bytes. "
        "Writing replaces it all.",
    )

    same_name = serializers.BooleanField(
        write_only=True,
        required=False,
        initial=False,
        help_text="True: this is another person than everybody who has the name already.",
    )

    class Meta:
        model = Person
        fields = [
            "id",
            "name",
            "same_name",
            "external_id",
            "notes",
            "metadata",
            "retired_at",
            "never_match_at",
            "photos_total",
            "photos_enrolled",
            "photos_waiting",
            "photos_held",
            "photos_rejected",
            "portrait_url",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["retired_at", "never_match_at"]
        extra_kwargs = {
            "notes": {"max_length": 10_000},
            "never_match_at": {"help_text": "Since when nobody may recognise this person; null if they may be."},
        }

    def create(self, validated_data: dict[str, Any]) -> Person:
        same_name = validated_data.pop("same_name", False)
        return save_person(person=Person(**validated_data), by=self.context["request"].user, same_name=same_name)

    def update(self, instance: Person, validated_data: dict[str, Any]) -> Person:
        same_name = validated_data.pop("same_name", False)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save_person(person=instance, by=self.context["request"].user, same_name=same_name)

    def validate_external_id(self, external_id: str | None) -> str | None:
        return external_id or None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_portrait_url(self, person: Person) -> str | None:
        portrait = getattr(person, "face_id", None)
        return picture_link(self, "api-photo-crop", portrait) if portrait else None


class MergeSerializer(StrictFields, serializers.Serializer[Any]):
    """The person to merge into the person of the address."""

    person = serializers.UUIDField(help_text="The id of the other person, who is deleted afterwards.")


class MembersField(serializers.ListField):
    """Ids of people; one query checks them all."""

    child = serializers.UUIDField()

    def to_internal_value(self, data: Any) -> list[UUID]:
        ids: list[UUID] = super().to_internal_value(data)
        known = Person.objects.within_limits_of(self.context["request"].user).filter(pk__in=ids)
        if missing := set(ids) - set(known.values_list("pk", flat=True)):
            raise serializers.ValidationError(f"Nobody has the id {min(missing)}.", code="does_not_exist")
        return ids

    def to_representation(self, people: Any) -> list[str]:
        return [str(person.pk) for person in people.all()]


class WatchlistSerializer(StrictFields, serializers.ModelSerializer[Watchlist]):
    """A named set of people: sightings, searches and reports can be narrowed to it."""

    people = MembersField(
        max_length=MAX_MEMBERS, required=False, help_text="Ids of its people. Writing replaces them all."
    )

    class Meta:
        model = Watchlist
        fields = ["id", "name", "description", "people", "two_people", "false_limit", "false_of_last", "created_at"]
        extra_kwargs = {"description": {"max_length": 10_000}, "two_people": {"initial": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        limit, last = (attrs.get(name, getattr(self.instance, name, usual)) for name, usual in FALSE_LIMITS)
        if limit is not None and limit > last:
            raise serializers.ValidationError({"false_limit": TOO_MANY_FALSE})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Watchlist:
        return self.update(Watchlist(), validated_data)

    def update(self, instance: Watchlist, validated_data: dict[str, Any]) -> Watchlist:
        people = validated_data.pop("people", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save_watchlist(watchlist=instance, people=people, by=self.context["request"].user)
