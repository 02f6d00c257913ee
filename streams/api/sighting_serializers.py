"""Serializers of sightings and detections."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.records.person import Person
from streams.api.camera_serializers import CameraRefSerializer
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict
from streams.sightings.explanations import explain
from streams.wire.values import finite

FRAME = (
    "The whole frame of the look that decided, with everybody who is in it. Null if none was kept, and for users who "
    "are limited to some people."
)
CLIP = (
    "Some seconds around the look that decided, as WebM (VP8) without sound. Null if none was kept, and for users who "
    "are limited to some people."
)


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


class MachineSerializer(serializers.Serializer[Any]):
    """What the camera says of a sighting that somebody edited."""

    verdict = serializers.ChoiceField(StoredVerdict.choices, source="machine_verdict")
    person = PersonRefSerializer(source="machine_person", allow_null=True)


class SightingSerializer(serializers.ModelSerializer[Sighting]):
    """One stay of one face in front of one camera: who it was, from when to when, and why."""

    camera = CameraRefSerializer(read_only=True)
    person = PersonRefSerializer(read_only=True, allow_null=True, help_text="Who it is (match) or may be (review).")
    distance = FiniteField(read_only=True, allow_null=True, help_text=DISTANCE)
    margin = FiniteField(read_only=True, allow_null=True, help_text=MARGIN)
    no_face = serializers.BooleanField(
        source="is_no_face", read_only=True, help_text="Whether somebody said that it shows no face."
    )
    edit = serializers.IntegerField(
        source="edit_id",
        read_only=True,
        allow_null=True,
        help_text="The newest edit of it. Send it along with a correction, so that nobody's is overwritten.",
    )
    edited = serializers.SerializerMethodField(
        help_text="Who said what stands here: “corrected by Ann”. Null: it is the camera's word."
    )
    machine = serializers.SerializerMethodField(
        help_text="What the camera says, once somebody edited it. Null: nobody did, or it is withheld by a limit."
    )
    explanation = serializers.SerializerMethodField()
    snapshot_url = serializers.SerializerMethodField()
    frame_url = serializers.SerializerMethodField(help_text=FRAME)
    clip_url = serializers.SerializerMethodField(help_text=CLIP)
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
            "no_face",
            "edit",
            "edited",
            "machine",
            "explanation",
            "snapshot_url",
            "frame_url",
            "clip_url",
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

    def get_edited(self, sighting: Sighting) -> str | None:
        return sighting.edit.in_words() if sighting.edit else None

    @extend_schema_field(MachineSerializer(allow_null=True))
    def get_machine(self, sighting: Sighting) -> Any:
        return self._machine.to_representation(sighting) if sighting.machine_verdict else None

    @cached_property
    def _machine(self) -> MachineSerializer:
        return MachineSerializer()

    def get_explanation(self, sighting: Sighting) -> str:
        return explain(sighting)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, sighting: Sighting) -> str | None:
        snapshot = getattr(sighting, "snapshot_id", None)
        return _link(self, "api-detection-snapshot", snapshot) if snapshot else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_frame_url(self, sighting: Sighting) -> str | None:
        frame = getattr(sighting, "frame_id", None)
        return _link(self, "api-detection-frame", frame) if frame else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_clip_url(self, sighting: Sighting) -> str | None:
        clip = getattr(sighting, "clip_id", None)
        return _link(self, "api-detection-clip", clip) if clip else None

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
    frame_url = serializers.SerializerMethodField(help_text=FRAME)
    clip_url = serializers.SerializerMethodField(help_text=CLIP)

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
            "frame_url",
            "clip_url",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, detection: Detection) -> str | None:
        return _link(self, "api-detection-snapshot", detection.pk) if detection.snapshot else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_frame_url(self, detection: Detection) -> str | None:
        return _link(self, "api-detection-frame", detection.pk) if detection.frame else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_clip_url(self, detection: Detection) -> str | None:
        return _link(self, "api-detection-clip", detection.pk) if detection.clip else None


class SnapshotLinkSerializer(serializers.Serializer[Any]):
    """An address that needs no login, for an `<img>` in another system."""

    snapshot = serializers.URLField(allow_null=True, help_text="The face as the camera saw it; null: none was kept.")
    frame = serializers.URLField(allow_null=True, help_text="The whole frame, of the look that decided; else null.")
    clip = serializers.URLField(allow_null=True, help_text="The clip, of the look that decided; else null.")
    expires_at = serializers.DateTimeField()


def _link(serializer: serializers.BaseSerializer[Any], name: str, key: object) -> str:
    return reverse(name, args=[key], request=serializer.context["request"])
