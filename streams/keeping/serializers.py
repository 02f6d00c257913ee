"""What the API says and takes of the schedule of keeping."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import MOST_DAYS, KeepingTerm, KeptKind, in_days, is_fixed
from people.records.privacy_notice import PrivacyNotice
from people.rest.strict import StrictFields
from streams.keeping.changing import ScheduleChange
from streams.keeping.public import PublicDifference, PublicNotice, PublicTerm
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping


class KeepingRunSerializer(serializers.ModelSerializer[KeepingRun]):
    """What the last run did with one kind of data."""

    class Meta:
        model = KeepingRun
        fields = ("began_at", "ended_at", "deleted", "oldest_at", "due_at", "fault")
        extra_kwargs = {
            "ended_at": {"allow_null": True, "help_text": "Null: it works, or was killed; the next one goes on."},
            "deleted": {"help_text": "Rows; of pictures and clips, files."},
            "oldest_at": {"allow_null": True, "help_text": "From when the oldest is that was left."},
            "due_at": {"allow_null": True, "help_text": "When the first of what was left is to go; null: nothing is."},
            "fault": {"help_text": "Why it broke off; empty: it did not."},
        }


class KeepingTermSerializer(serializers.Serializer[KeepingTerm]):
    """How long one kind of data is kept, and what for."""

    kind = serializers.ChoiceField(KeptKind.choices)
    name = serializers.CharField(source="get_kind_display")
    purpose = serializers.CharField()
    days = serializers.IntegerField(allow_null=True, help_text="Null: what `how_long` says.")
    how_long = serializers.SerializerMethodField(help_text="The same in words, such as “30 days” or “for ever”.")
    is_fixed = serializers.SerializerMethodField(help_text="Whether the deployment fixes the days.")
    last_run = serializers.SerializerMethodField()

    def get_how_long(self, term: KeepingTerm) -> str:
        return in_days(term.kind, term.days)

    def get_is_fixed(self, term: KeepingTerm) -> bool:
        return is_fixed(term.kind)

    @extend_schema_field(KeepingRunSerializer(allow_null=True))
    def get_last_run(self, term: KeepingTerm) -> Any:
        run = self.context["runs"].get(term.kind)
        return None if run is None else KeepingRunSerializer(run).data


class CameraKeepingSerializer(serializers.ModelSerializer[CameraKeeping]):
    """The days of one camera that differ. Null: as the schedule says; a camera without any is not listed."""

    camera = serializers.SlugRelatedField(slug_field="slug", queryset=Camera.objects.all())

    class Meta:
        model = CameraKeeping
        fields = ("camera", "named_days", "strangers_days", "footage_days")


class PrivacyNoticeSerializer(StrictFields, serializers.ModelSerializer[PrivacyNotice]):
    """What the public page says besides."""

    class Meta:
        model = PrivacyNotice
        fields = ("place", "contact", "names_cameras")


class KeepingSerializer(serializers.Serializer[Any]):
    """The whole schedule."""

    terms = KeepingTermSerializer(many=True)
    cameras = CameraKeepingSerializer(many=True)
    notice = PrivacyNoticeSerializer()


class TermChangeSerializer(StrictFields, serializers.Serializer[Any]):
    """New days, or a new purpose, of one kind of data."""

    kind = serializers.ChoiceField(KeptKind.choices)
    days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_DAYS, help_text="Null: for ever, where allowed."
    )
    purpose = serializers.CharField(required=False, max_length=300)


class CameraChangeSerializer(StrictFields, serializers.Serializer[Any]):
    """All days that a camera has of its own from now on; without any it is as the schedule says."""

    camera = serializers.SlugRelatedField(slug_field="slug", queryset=Camera.objects.all())
    named_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)
    strangers_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)
    footage_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)


class KeepingChangeSerializer(StrictFields, serializers.Serializer[Any]):
    """A change of the schedule: only what it names becomes different."""

    terms = TermChangeSerializer(many=True, required=False)
    cameras = CameraChangeSerializer(many=True, required=False)
    notice = PrivacyNoticeSerializer(required=False, partial=True)
    confirmed = serializers.BooleanField(
        default=False, help_text="That you mean it, if anything is deleted sooner than before; without it that is 409."
    )

    def change(self) -> ScheduleChange:
        said = self.validated_data
        terms = said.get("terms", [])
        return ScheduleChange(
            days={term["kind"]: term["days"] for term in terms if "days" in term},
            purposes={term["kind"]: term["purpose"] for term in terms if "purpose" in term},
            cameras={each["camera"].pk: CameraKeeping(**each).days() for each in said.get("cameras", [])},
            notice=said.get("notice", {}),
        )


class PublicTermSerializer(serializers.Serializer[PublicTerm]):
    """How long one kind of data is kept, and what for."""

    kind = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    days = serializers.IntegerField(allow_null=True)
    how_long = serializers.CharField()
    since = serializers.CharField(help_text="What the days count from.")


class PublicDifferenceSerializer(serializers.Serializer[PublicDifference]):
    """What is different at some cameras."""

    says = serializers.CharField()
    cameras = serializers.ListField(child=serializers.CharField(), help_text="Empty, unless the owner names them.")
    count = serializers.IntegerField()


class PublicKeepingSerializer(serializers.Serializer[PublicNotice]):
    """What everybody may know of the schedule."""

    place = serializers.CharField()
    contact = serializers.CharField()
    terms = PublicTermSerializer(many=True)
    differences = PublicDifferenceSerializer(many=True)
    discards_everywhere = serializers.BooleanField(help_text="Whether no camera keeps anything of strangers.")
