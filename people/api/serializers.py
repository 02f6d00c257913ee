"""Serializers of people, photos and watchlists; they never show encodings."""

from typing import Any, TypedDict
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.editing.person_services import save_person, save_watchlist
from people.records import reasons
from people.records.metadata import MOST_BYTES, MOST_KEYS, check_metadata
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from people.rest.strict import StrictFields

MAX_IMAGES = 50
"""The most pictures in one upload; photo_viewset.UPLOAD_MAX_BYTES also limits the whole request."""
MAX_MEMBERS = 10_000


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

    class Meta:
        model = Person
        fields = [
            "id",
            "name",
            "external_id",
            "notes",
            "metadata",
            "retired_at",
            "photos_total",
            "photos_enrolled",
            "photos_waiting",
            "photos_held",
            "photos_rejected",
            "portrait_url",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["retired_at"]
        extra_kwargs = {"notes": {"max_length": 10_000}}

    def create(self, validated_data: dict[str, Any]) -> Person:
        return save_person(person=Person(**validated_data), by=self.context["request"].user)

    def update(self, instance: Person, validated_data: dict[str, Any]) -> Person:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save_person(person=instance, by=self.context["request"].user)

    def validate_external_id(self, external_id: str | None) -> str | None:
        return external_id or None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_portrait_url(self, person: Person) -> str | None:
        portrait = getattr(person, "face_id", None)
        return _link(self, "api-photo-crop", portrait) if portrait else None


class MergeSerializer(StrictFields, serializers.Serializer[Any]):
    """The person to merge into the person of the address."""

    person = serializers.UUIDField(help_text="The id of the other person, who is deleted afterwards.")


class FaceSerializer(serializers.Serializer[dict[str, Any]]):
    """One face found in a photo."""

    box = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=4,
        max_length=4,
        help_text="left, top, right, bottom in pixels of the upright picture",
    )
    score = serializers.FloatField(help_text="The detector's score; higher is surer.")
    quality = serializers.DictField(child=serializers.FloatField(), help_text="0 to 1: size, sharpness, exposure, pose")


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a photo is not enrolled, and what to do about it."""

    code = serializers.CharField(help_text="A stable code for programs.")
    message = serializers.CharField(help_text="A sentence for people.")
    detail = serializers.DictField(
        help_text="The numbers and ids that the message was made of; `person` is null for somebody you may not see."
    )


class PhotoReason(TypedDict):
    code: str
    message: str
    detail: dict[str, Any]


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    """A photo and the result of its enrolment."""

    person = serializers.PrimaryKeyRelatedField[Person](read_only=True)
    reason = serializers.SerializerMethodField()
    faces = FaceSerializer(many=True, read_only=True)
    chosen_box = serializers.ListField(
        child=serializers.IntegerField(),
        read_only=True,
        allow_null=True,
        help_text="The face that somebody chose among several.",
    )
    image_url = serializers.SerializerMethodField()
    crop_url = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = [
            "id",
            "person",
            "original_name",
            "state",
            "reason",
            "faces",
            "chosen_box",
            "width_px",
            "height_px",
            "image_url",
            "crop_url",
            "created_at",
            "decided_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_reason(self, photo: Photo) -> PhotoReason | None:
        if not photo.reason:
            return None
        message = reasons.sentence(photo.reason, photo.reason_detail)
        detail = dict(photo.reason_detail)
        if "person" in detail:
            resembled = getattr(photo, "resembled", None)  # with_resembled
            detail["person"] = str(resembled) if resembled else None
        return {"code": photo.reason, "message": message, "detail": detail}

    @extend_schema_field(serializers.URLField())
    def get_image_url(self, photo: Photo) -> str:
        return _link(self, "api-photo-image", photo.pk)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_crop_url(self, photo: Photo) -> str | None:
        return _link(self, "api-photo-crop", photo.pk) if photo.crop else None


class SomebodyField(serializers.PrimaryKeyRelatedField[Person]):
    """The id of a person who exists for the caller; any other id gives the same error as one that nobody has."""

    def get_queryset(self) -> PersonQuerySet:
        people = super().get_queryset()
        assert isinstance(people, PersonQuerySet)
        return people.within_limits_of(self.context["request"].user)


class PhotoLinksSerializer(serializers.Serializer[Any]):
    """Addresses that need no login, for an `<img>` in another system."""

    image = serializers.URLField(help_text="The picture.")
    crop = serializers.URLField(allow_null=True, help_text="The enrolled face; null until there is one.")
    expires_at = serializers.DateTimeField()


class PhotoUploadSerializer(StrictFields, serializers.Serializer[Any]):
    """Pictures of one person."""

    person = SomebodyField(queryset=Person.objects.all())
    images = serializers.ListField(
        # The field accepts empty files: the service then says for each file what is wrong with it.
        child=serializers.FileField(allow_empty_file=True),
        min_length=1,
        max_length=MAX_IMAGES,
        help_text="One or more picture files: repeat the field.",
    )


class RefusedImageSerializer(serializers.Serializer[Any]):
    """A file of an upload that was refused, and why."""

    index = serializers.IntegerField(help_text="Its place in the upload, from 0.")
    name = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class UploadReportSerializer(serializers.Serializer[Any]):
    """The result of each file of an upload: a refused file does not stop the others."""

    photos = PhotoSerializer(many=True)
    refused = RefusedImageSerializer(many=True)


class ChooseFaceSerializer(StrictFields, serializers.Serializer[Any]):
    """Which of the found faces is the person's."""

    face = serializers.IntegerField(min_value=0, max_value=1000, help_text="Index in the photo's `faces`.")


class MovePhotoSerializer(StrictFields, serializers.Serializer[Any]):
    """The person to whom to move the photo."""

    person = SomebodyField(queryset=Person.objects.all(), help_text="The person whom the held photo resembles.")


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
        fields = ["id", "name", "description", "people", "created_at"]
        extra_kwargs = {"description": {"max_length": 10_000}}

    def create(self, validated_data: dict[str, Any]) -> Watchlist:
        return self.update(Watchlist(), validated_data)

    def update(self, instance: Watchlist, validated_data: dict[str, Any]) -> Watchlist:
        people = validated_data.pop("people", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save_watchlist(watchlist=instance, people=people, by=self.context["request"].user)


def _link(serializer: serializers.BaseSerializer[Any], name: str, key: object) -> str:
    return reverse(name, args=[key], request=serializer.context["request"])
