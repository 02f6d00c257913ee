"""The API's videos: a client uploads one or names one in a bucket, a worker analyses it, and the client reads it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.base.csv_files import csv_file
from people.rest.idempotent import idempotent
from people.rest.moments import SentMoment
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from people.rest.strict import StrictFields
from streams.api.correcting import CorrectionSerializer
from streams.api.sighting_serializers import MachineSerializer, PersonRefSerializer
from streams.errors import NotAnalysed
from streams.videos.correcting import correct_face
from streams.videos.services import analyse_stored, analyse_upload, delete_video
from streams.videos.timeline import SHOWN_WITH, name_of_face, stranger_of, video_csv
from streams.videos.video import RIGHTS, Video, VideoSighting

CSV = {(200, "text/csv"): OpenApiTypes.STR}


class VideoSerializer(serializers.ModelSerializer[Video]):
    """A video, and how far it is analysed."""

    class Meta:
        model = Video
        fields = [
            "id", "title", "address", "size_bytes", "began_at", "who", "state", "problem", "remark", "length_s",
            "done_s", "gallery_version", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class VideoSightingSerializer(serializers.ModelSerializer[VideoSighting]):
    """One stay of one face in a video; times are seconds of the video."""

    who = serializers.SerializerMethodField(help_text="A name, a stranger's number, or that of an unknown face.")
    person = PersonRefSerializer(allow_null=True)
    stranger = serializers.SerializerMethodField(help_text="The stranger of the cameras whose face it is.")
    no_face = serializers.BooleanField(source="is_no_face", help_text="Whether somebody said that it shows no face.")
    edit = serializers.IntegerField(
        source="edit_id", allow_null=True, help_text="The newest edit of it. Send it along with a correction."
    )
    edited = serializers.SerializerMethodField(
        help_text="Who said what stands here: “corrected by Ann”. Null: it is the machine's word."
    )
    machine = serializers.SerializerMethodField(
        help_text="What the analysis says, once somebody edited it. Null: nobody did, or it is withheld by a limit."
    )

    class Meta:
        model = VideoSighting
        fields = [
            "id", "who", "person", "stranger", "alike", "verdict", "no_face", "edit", "edited", "machine", "first_s",
            "last_s", "distance", "margin",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_stranger(self, row: VideoSighting) -> str | None:
        stranger = stranger_of(row)
        return str(stranger.pk) if stranger else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_edited(self, row: VideoSighting) -> str | None:
        return row.edit.in_words() if row.edit else None

    @extend_schema_field(MachineSerializer(allow_null=True))
    def get_machine(self, row: VideoSighting) -> Any:
        return MachineSerializer(row).data if row.machine_verdict else None

    def get_who(self, row: VideoSighting) -> str:
        return name_of_face(row)


class NewVideoSerializer(StrictFields, serializers.Serializer[Any]):
    """A video file, or the address of one in a bucket."""

    title = serializers.CharField(max_length=200)
    file = serializers.FileField(required=False, allow_empty_file=True)
    address = serializers.CharField(required=False, max_length=500, help_text="gs://bucket/folder/video.mp4")
    began_at = SentMoment(required=False, help_text="When the recording began.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("file" in attrs) == ("address" in attrs):
            raise serializers.ValidationError("Send either `file` or `address`.")
        return attrs


@extend_schema_view(
    list=extend_schema(summary="List videos, newest first"),
    retrieve=extend_schema(
        summary="Show a video and how far it is analysed",
        description="It has ended when `finished_at` is set: `state` is then `done`, or `failed` with `problem`.",
    ),
    destroy=extend_schema(summary="Delete a video", description="Deletes all that was seen in it, too."),
)
@extend_schema(tags=["videos"])
class VideoViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, GenericViewSet[Video]):
    queryset = Video.objects.all()
    serializer_class = VideoSerializer
    parser_classes = [MultiPartParser]
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve", "sightings", "csv"), ("streams.view_video",)),
        "correct": ("streams.view_video", "streams.correct_sighting"),
        **dict.fromkeys(("create", "destroy"), (*RIGHTS, "streams.view_video")),
    }

    def get_queryset(self) -> Any:
        return Video.objects.visible_to(self.request.user)

    @extend_schema(
        summary="Have a video analysed",
        description="A worker looks through it once, as a camera's pictures are looked through. What is seen in it "
        "never counts as a sighting: it is in no list, report or search of sightings.",
        request={"multipart/form-data": NewVideoSerializer},
        responses={202: VideoSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        form = NewVideoSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        analyse: Any = analyse_upload if "file" in form.validated_data else analyse_stored
        video = analyse(**form.validated_data, by=request.user)
        where = self.reverse_action("detail", args=[video.pk])
        return Response(self.get_serializer(video).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Video) -> None:
        delete_video(video=instance, by=self.request.user)

    @extend_schema(
        operation_id="videos_sightings",
        summary="Who is in a video, and when",
        description="In the order of the video. 409 until it is analysed.",
        responses=VideoSightingSerializer(many=True),
    )
    @action(detail=True)
    def sightings(self, request: Request, pk: str) -> Response:
        rows = self._rows().select_related(*SHOWN_WITH)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(VideoSightingSerializer(page, many=True).data)

    @extend_schema(operation_id="videos_csv", summary="Who is in a video, and when, as CSV", responses=CSV)
    @action(detail=True, content_negotiation_class=AnyPicture)
    def csv(self, request: Request, pk: str) -> HttpResponseBase:
        return csv_file(request._request, video_csv(self.get_object(), self._rows()), "video.csv")

    @extend_schema(
        operation_id="videos_correct",
        summary="Say who a face of a video is, who it is not, or that it is no face",
        description="The same as for a sighting of a camera, for this video alone: nothing is learnt from it. What the "
        "analysis said stays in `machine`.",
        parameters=[OpenApiParameter("face", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        request=CorrectionSerializer,
        responses=VideoSightingSerializer,
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="sightings/(?P<face>[0-9a-f-]{36})/correct",
        parser_classes=[JSONParser, FormParser, MultiPartParser],
    )
    def correct(self, request: Request, pk: str, face: str) -> Response:
        row = get_object_or_404(self._rows(), pk=face)
        said = CorrectionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        correct_face(face=row.pk, says=said.says(), by=request.user, page=request.path, seen=said.seen())
        return Response(VideoSightingSerializer(self._rows().select_related(*SHOWN_WITH).get(pk=row.pk)).data)

    def _rows(self) -> Any:
        video: Video = self.get_object()
        if not video.is_done:
            raise NotAnalysed(video.problem)
        return VideoSighting.objects.visible_to(self.request.user).filter(video=video)
