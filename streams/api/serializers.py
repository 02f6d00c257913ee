"""Serializers of cameras, sightings and detections."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.gallery.engines import usable_engine
from people.records.person import Person
from people.rest.strict import StrictFields
from streams.cameras import services
from streams.cameras.credentials import Entered
from streams.cameras.liveness import NOT_INSTALLED, is_liveness_installed
from streams.cameras.source_rules import redacted, validate_source
from streams.pipeline.regions import MOST_POINTS, RegionKind
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.regions import LONGEST_NAME, validate_regions
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName
from streams.sightings.explanations import explain
from streams.wire.builders import state_of
from streams.wire.values import finite


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


class PersonRefSerializer(serializers.ModelSerializer[Person]):
    """A person by id."""

    class Meta:
        model = Person
        fields = ["id", "name"]


class FiniteField(serializers.FloatField):
    """A finite number or null for JSON: the margin is infinite if only one person is enrolled."""

    def to_representation(self, value: Any) -> float | None:  # type: ignore[override]
        return finite(value)


DISTANCE = (
    "To the nearest person, 0 to 2; lower is closer. Without the right to read encodings it is rounded up to "
    "match_threshold, review_threshold or 2. Null: nobody was enrolled, or it is withheld by a limit."
)
MARGIN = (
    "How much farther the next nearest person is. Null: there was none, or it is withheld, by a limit or without the "
    "right to read encodings."
)


class SightingSerializer(serializers.ModelSerializer[Sighting]):
    """One stay of one face in front of one camera: who it was, from when to when, and why."""

    camera = CameraRefSerializer(read_only=True)
    person = PersonRefSerializer(read_only=True, allow_null=True, help_text="Who it is (match) or may be (review).")
    distance = FiniteField(read_only=True, allow_null=True, help_text=DISTANCE)
    margin = FiniteField(read_only=True, allow_null=True, help_text=MARGIN)
    explanation = serializers.SerializerMethodField()
    snapshot_url = serializers.SerializerMethodField()
    page_url = serializers.SerializerMethodField()

    class Meta:
        model = Sighting
        fields = [
            "id",
            "camera",
            "verdict",
            "person",
            "first_seen_at",
            "last_seen_at",
            "ended_at",
            "distance",
            "margin",
            "match_threshold",
            "review_threshold",
            "votes",
            "encodings",
            "gallery_version",
            "look_closer",
            "liveness",
            "explanation",
            "snapshot_url",
            "page_url",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "look_closer": {
                "help_text": "Whether the face may be a picture held before the camera. A hint for people who look: it "
                "has no part in the verdict, and its absence proves nothing."
            },
            "liveness": {
                "help_text": "What this hint rests on, 0 (a held picture) to 1 (alive); null: the camera gives no "
                "hints, or saw the face too briefly. Never let anybody in by it."
            },
            "votes": {"help_text": "Detections of this face that agree with the verdict."},
            "encodings": {"help_text": "Detections that were compared; only some are kept. Encodings are never shown."},
        }

    def get_explanation(self, sighting: Sighting) -> str:
        return explain(sighting)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, sighting: Sighting) -> str | None:
        snapshot = getattr(sighting, "snapshot_id", None)
        return _link(self, "api-detection-snapshot", snapshot) if snapshot else None

    @extend_schema_field(serializers.URLField())
    def get_page_url(self, sighting: Sighting) -> str:
        return _link(self, "sighting", sighting.pk)


class DetectionSerializer(serializers.ModelSerializer[Detection]):
    """One face of a sighting at one moment."""

    sighting = serializers.PrimaryKeyRelatedField[Sighting](read_only=True)
    camera = CameraRefSerializer(source="sighting.camera", read_only=True)
    box = serializers.ListField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="left, top, right, bottom in pixels of the frame",
    )
    nearest_person = PersonRefSerializer(
        source="person", read_only=True, allow_null=True, help_text="The nearest person, near enough for a name or not."
    )
    distance = FiniteField(read_only=True, allow_null=True)
    margin = FiniteField(read_only=True, allow_null=True)
    snapshot_url = serializers.SerializerMethodField()

    class Meta:
        model = Detection
        fields = [
            "id",
            "sighting",
            "camera",
            "captured_at",
            "box",
            "frame_width_px",
            "frame_height_px",
            "score",
            "quality",
            "verdict",
            "nearest_person",
            "distance",
            "margin",
            "gallery_version",
            "snapshot_url",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, detection: Detection) -> str | None:
        return _link(self, "api-detection-snapshot", detection.pk) if detection.snapshot else None


class SnapshotLinkSerializer(serializers.Serializer[Any]):
    """An address that needs no login, for an `<img>` in another system."""

    snapshot = serializers.URLField(allow_null=True, help_text="The face as the camera saw it; null: none was kept.")
    expires_at = serializers.DateTimeField()


def _link(serializer: serializers.BaseSerializer[Any], name: str, key: object) -> str:
    return reverse(name, args=[key], request=serializer.context["request"])
