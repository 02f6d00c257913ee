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
from people.imports.report import odd_photos, refused_entries
from people.records.photo import Photo
from people.records.reasons import sentence
from people.rest.strict import StrictFields

MOST_REFUSED = 20
MOST_ODD = 50


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


class OddPhotoSerializer(serializers.Serializer[Photo]):
    """A photo of the import that may show somebody else, and waits for a decision."""

    photo = serializers.UUIDField(source="pk")
    person = serializers.UUIDField(source="person_id")
    name = serializers.CharField(source="original_name")
    code = serializers.CharField(source="reason", help_text="A stable code for programs.")
    message = serializers.SerializerMethodField()
    resembles = serializers.UUIDField(
        source="resembled", allow_null=True, help_text="The person whom it resembles, if there is one whom you may see."
    )

    def get_message(self, photo: Photo) -> str:
        return sentence(photo.reason, photo.reason_detail)


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
    odd = serializers.SerializerMethodField(
        help_text=f"The first {MOST_ODD} photos that may show somebody else, for those who may see photos."
    )

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "photos", "refused", "odd"]
        read_only_fields = fields

    @extend_schema_field(PhotoCountsSerializer)
    def get_photos(self, job: ImportJob) -> Any:
        return PhotoCountsSerializer(PhotoCounts.of(job, self.context["request"].user)).data

    @extend_schema_field(RefusedFileSerializer(many=True))
    def get_refused(self, job: ImportJob) -> Any:
        return RefusedFileSerializer(refused_entries(job, MOST_REFUSED), many=True).data

    @extend_schema_field(OddPhotoSerializer(many=True))
    def get_odd(self, job: ImportJob) -> Any:
        user = self.context["request"].user
        found = odd_photos(job, user, MOST_ODD) if user.has_perm("people.view_photo") else []
        return [OddPhotoSerializer(photo).data for photo in found]


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
