"""Serializers of imports."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.imports.entry_names import ENCODINGS
from people.imports.jobs import ImportJob
from people.imports.layouts import WORDS
from people.imports.progress import PhotoCounts
from people.imports.report import refused_entries
from people.rest.strict import StrictFields

MOST_REFUSED = 20


class FileCountsSerializer(serializers.Serializer[ImportJob]):
    """The files of the ZIP: how many have been read, and with which result."""

    total = serializers.IntegerField(source="entries_total")
    read = serializers.IntegerField(source="entries_seen")
    added = serializers.IntegerField(source="photos_added", help_text="Stored as photos.")
    already_there = serializers.IntegerField(source="photos_known", help_text="The person already had this very file.")
    refused = serializers.IntegerField()


class PeopleCountsSerializer(serializers.Serializer[ImportJob]):
    """The people whom the ZIP's folders and files name."""

    new = serializers.IntegerField(source="people_made")
    known = serializers.IntegerField(source="people_found")


class PhotoCountsSerializer(serializers.Serializer[PhotoCounts]):
    """The photos that the import added, by their current state."""

    waiting = serializers.IntegerField()
    enrolled = serializers.IntegerField()
    to_decide = serializers.IntegerField(help_text="`choose` and `review`: somebody has to decide.")
    rejected = serializers.IntegerField()


class RefusedFileSerializer(serializers.Serializer[Any]):
    """A file of the ZIP that was not added as a photo, and why."""

    path = serializers.CharField()
    person = serializers.CharField(source="person_name")
    code = serializers.CharField(source="status", help_text="A stable code for programs.")
    message = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer[ImportJob]):
    """An uploaded ZIP of people's photos, and how far its import has come."""

    name = serializers.CharField(source="original_name")
    files = FileCountsSerializer(source="*")
    people = PeopleCountsSerializer(source="*")
    report_url = serializers.SerializerMethodField()

    class Meta:
        model = ImportJob
        fields = [
            "id", "name", "size_bytes", "state", "reason", "layout", "encoding", "files", "people", "report_url",
            "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.URLField())
    def get_report_url(self, job: ImportJob) -> str:
        return reverse("api-import-report", args=[job.pk], request=self.context["request"])


class ImportDetailSerializer(ImportSerializer):
    """An import with the states of its photos and the first files that were refused."""

    photos = serializers.SerializerMethodField()
    refused = serializers.SerializerMethodField(help_text=f"The first {MOST_REFUSED}; the report has them all.")

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "photos", "refused"]
        read_only_fields = fields

    @extend_schema_field(PhotoCountsSerializer)
    def get_photos(self, job: ImportJob) -> Any:
        return PhotoCountsSerializer(PhotoCounts.of(job, self.context["request"].user)).data

    @extend_schema_field(RefusedFileSerializer(many=True))
    def get_refused(self, job: ImportJob) -> Any:
        return RefusedFileSerializer(refused_entries(job, MOST_REFUSED), many=True).data


class ImportUploadSerializer(StrictFields, serializers.Serializer[Any]):
    """A ZIP of people's photos, and how to read the names in it."""

    file = serializers.FileField(allow_empty_file=True)
    layout = serializers.ChoiceField(
        [(str(layout), words) for layout, words in WORDS.items()],
        required=False,
        help_text="Who the people are. Left out, the names of folders and files decide, if they can.",
    )
    encoding = serializers.ChoiceField(
        list(ENCODINGS.items()),
        required=False,
        help_text="How names are written that do not say it themselves. Left out, the likeliest is taken.",
    )
