"""Photos as the API shows them. Encodings are never shown."""

from typing import Any, TypedDict

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.accounts.distances import reads_exact_distances
from people.records import reasons
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo
from people.rest.strict import StrictFields

MAX_IMAGES = 50
"""The most pictures in one upload; photo_viewset.UPLOAD_MAX_BYTES also limits the whole request."""


class FaceSerializer(serializers.Serializer[dict[str, Any]]):
    """One face found in a photo."""

    box = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=4,
        max_length=4,
        help_text="left, top, right, bottom in pixels of the upright picture",
    )
    score = serializers.FloatField(help_text="The detector's score; higher is surer.")
    quality = serializers.DictField(
        child=serializers.FloatField(), help_text="0 to 1: size, sharpness, exposure, pose, steadiness, and overall"
    )


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a photo is not enrolled, and what to do about it."""

    code = serializers.CharField(help_text="A stable code for programs.")
    message = serializers.CharField(help_text="A sentence for people.")
    detail = serializers.DictField(
        help_text="Numbers and ids to the message; `person` is null for somebody whom you may not see, and "
        "`distance` is left out for those without the right to read encodings."
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
            "turned_degrees",
            "image_url",
            "crop_url",
            "created_at",
            "decided_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "turned_degrees": {
                "help_text": "By how much the picture was turned clockwise, because it lay on its side or stood on its "
                "head: 90, 180 or 270; else 0."
            }
        }

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_reason(self, photo: Photo) -> PhotoReason | None:
        if not photo.reason:
            return None
        message = reasons.sentence(photo.reason, photo.reason_detail)
        detail = dict(photo.reason_detail)
        if "person" in detail:
            resembled = getattr(photo, "resembled", None)  # with_resembled
            detail["person"] = str(resembled) if resembled else None
        if not reads_exact_distances(self.context["request"].user):
            detail.pop("distance", None)
        return {"code": photo.reason, "message": message, "detail": detail}

    @extend_schema_field(serializers.URLField())
    def get_image_url(self, photo: Photo) -> str:
        return picture_link(self, "api-photo-image", photo.pk)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_crop_url(self, photo: Photo) -> str | None:
        return picture_link(self, "api-photo-crop", photo.pk) if photo.crop else None


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

    person = SomebodyField(queryset=Person.objects.all(), help_text="The person whom the held photo shows.")


def picture_link(serializer: serializers.BaseSerializer[Any], name: str, key: object) -> str:
    return reverse(name, args=[key], request=serializer.context["request"])
