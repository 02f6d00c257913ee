"""Serializers of cameras and their live state."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.gallery.engines import usable_engine
from people.rest.strict import StrictFields
from streams.cameras import services
from streams.cameras.credentials import Entered
from streams.cameras.liveness import NOT_INSTALLED, is_liveness_installed
from streams.cameras.source_rules import redacted, validate_source
from streams.pipeline.regions import MOST_POINTS, RegionKind
from streams.records.camera import Camera
from streams.records.regions import LONGEST_NAME, validate_regions
from streams.records.states import CameraStateName
from streams.wire.builders import state_of


class CameraStateSerializer(serializers.Serializer[Any]):
    """The live state of a camera, with the same fields as in the sockets' messages."""

    state = serializers.ChoiceField(choices=CameraStateName.choices)
    reason = serializers.CharField(help_text="One sentence for people; empty while all is well.")
    last_frame_at = serializers.DateTimeField(allow_null=True)
    frame_age_ms = serializers.IntegerField(allow_null=True)
    fps_read = serializers.FloatField(allow_null=True)
    fps_analysed = serializers.FloatField(allow_null=True)
    width_px = serializers.IntegerField(allow_null=True)
    height_px = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField(help_text="When this was read.")


class RegionSerializer(serializers.Serializer[Any]):
    """A part of the camera's picture: a polygon that does not cross itself."""

    name = serializers.CharField(required=False, max_length=LONGEST_NAME)
    kind = serializers.ChoiceField(
        choices=list(RegionKind),
        help_text="`look_here`: faces whose centre lies outside of all such regions are not looked for. `never_keep`: "
        "blackened before anything is recognised, stored or shown.",
    )
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=0, max_value=1), min_length=2, max_length=2),
        min_length=3,
        max_length=MOST_POINTS,
        help_text="Corners in turn: from the left and from the top of the upright picture, 0 to 1.",
    )


@extend_schema_field(RegionSerializer(many=True))
class RegionsJson(serializers.JSONField):
    """A list of regions, checked as a whole (streams/records/regions.py)."""


class CameraSerializer(StrictFields, serializers.ModelSerializer[Camera]):
    """A camera's source, how its frames are analysed, and its live state."""

    source = serializers.CharField(  # type: ignore[assignment]  # the model's field, not DRF's own attribute
        max_length=500,
        validators=[validate_source],
        help_text="rtsp://…, http(s)://…, a file under the media folder, or a device number. User and password in "
        "it are moved to their fields; the query is shown only to those who may change cameras.",
    )
    password = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=200,
        trim_whitespace=False,
        help_text="Stored sealed and never shown. Empty removes it; leave it out to keep it.",
    )
    has_password = serializers.BooleanField(read_only=True)
    looking_source = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="A smaller stream of the same camera, in which faces are looked for; with the same login.",
    )
    regions = RegionsJson(
        required=False,
        validators=[validate_regions],
        help_text="At most 20. If only `turn` or `mirrored` changes, they turn with the picture.",
    )
    status = serializers.SerializerMethodField()

    class Meta:
        model = Camera
        fields = [
            "slug",
            "name",
            "source",
            "username",
            "password",
            "has_password",
            "enabled",
            "loop",
            "analysis_fps",
            "smallest_face_px",
            "match_threshold",
            "liveness_hint",
            "looking_source",
            "transport",
            "snapshot_seconds",
            "down_after_s",
            "decoding",
            "turn",
            "mirrored",
            "pixel_aspect",
            "regions",
            "hours",
            "role",
            "strangers",
            "keeps_whole_frame",
            "clip_seconds",
            "status",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {"enabled": {"initial": True}}  # ticked in the browsable API's form, as in the admin's

    @property
    def _user(self) -> Any:
        return self.context["request"].user

    @cached_property
    def _engine(self) -> str:
        """The engine in use, read once for a list."""
        return usable_engine()

    def create(self, validated_data: dict[str, Any]) -> Camera:
        password = validated_data.pop("password", None)
        return services.save_camera(camera=Camera(**validated_data), password=password, by=self._user)

    def update(self, instance: Camera, validated_data: dict[str, Any]) -> Camera:
        password = validated_data.pop("password", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return services.save_camera(camera=instance, password=password, by=self._user)

    def validate_liveness_hint(self, wanted: bool) -> bool:
        """Refuses to switch on what cannot be given here; a camera that has it on stays as it is."""
        is_on = self.instance is not None and self.instance.liveness_hint
        if wanted and not is_on and not is_liveness_installed():
            raise serializers.ValidationError(NOT_INSTALLED)
        return wanted

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Moves user and password from the source to their own fields."""
        stored = self.instance
        before = stored or Camera()
        names = ("source", "username", "looking_source")
        source, username, smaller = (attrs.get(name, getattr(before, name)) for name in names)
        try:
            entered = Entered.of(source, username, attrs.get("password"), smaller)
            entered.put_into(Camera(), stored)
        except Refused as refused:
            raise serializers.ValidationError(refused.message_dict) from None
        attrs |= {name: getattr(entered, name) for name in names}
        return attrs if entered.password is None else attrs | {"password": entered.password}

    def to_representation(self, instance: Camera) -> dict[str, Any]:
        if instance.own_threshold:
            instance.translate_threshold(self._engine)
        shown = super().to_representation(instance)
        if not self.context["request"].user.has_perm("streams.change_camera"):
            shown |= {"source": redacted(instance.source), "username": ""}
            shown["looking_source"] = redacted(instance.looking_source)
        return shown

    @extend_schema_field(CameraStateSerializer())
    def get_status(self, camera: Camera) -> dict[str, Any]:
        state = state_of(camera, datetime.now(UTC))
        return dict(CameraStateSerializer(state).data)


class CameraRefSerializer(serializers.ModelSerializer[Camera]):
    """A camera by its slug."""

    class Meta:
        model = Camera
        fields = ["slug", "name"]
