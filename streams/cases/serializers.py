"""Cases as the API shows them, and what a client sends to ask for one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.rest.strict import StrictFields
from streams.cases.case import Case
from streams.cases.services import MOST_SIGHTINGS
from streams.records.states import StoredVerdict

WHAT = ("sightings", "video", "camera", "person", "stranger", "watchlist", "verdict", "seen_after", "seen_before")


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A bundle of sightings that is handed over, and how far it is made."""

    sightings_total = serializers.IntegerField(source="total", help_text="Sightings that were asked for.")
    sightings_done = serializers.IntegerField(source="done", help_text="Sightings that are in it so far.")
    download_url = serializers.SerializerMethodField(help_text="Null while there is nothing to fetch.")

    class Meta:
        model = Case
        fields = [
            "id", "title", "reason", "who", "state", "problem", "sightings_total", "sightings_done", "size_bytes",
            "sha256", "fingerprint", "download_url", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download_url(self, case: Case) -> str | None:
        request = self.context["request"]
        return reverse("api-case-download", args=[case.pk], request=request) if case.is_downloadable else None


class NewCaseSerializer(StrictFields, serializers.Serializer[Any]):
    """A title, why it is handed over, and which sightings: some by their ids, those of a video, or a filter."""

    title = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=2_000, help_text="Why it is handed over, and to whom.")
    sightings = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MOST_SIGHTINGS, help_text="Their ids."
    )
    video = serializers.UUIDField(required=False, help_text="An analysed video.")
    camera = serializers.CharField(required=False, help_text="A camera's slug.")
    person = serializers.UUIDField(required=False)
    stranger = serializers.UUIDField(required=False)
    watchlist = serializers.IntegerField(required=False)
    verdict = serializers.ListField(
        child=serializers.ChoiceField(StoredVerdict.choices), required=False, help_text="One or several."
    )
    seen_after = serializers.CharField(required=False, help_text="Sightings that had not ended by this time.")
    seen_before = serializers.CharField(required=False, help_text="Sightings that began before.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.keys() & set(WHAT):
            raise serializers.ValidationError(f"Say which sightings, by one or several of: {', '.join(WHAT)}.")
        if "video" in attrs and attrs.keys() & set(WHAT) - {"video"}:
            raise serializers.ValidationError({"video": "A video has sightings of its own: leave the others out."})
        return attrs
