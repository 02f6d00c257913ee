"""The API's cameras, and their sightings and detections, which are read-only."""

from collections.abc import Iterator
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django_filters import BooleanFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.accounts.picture_links import Links
from people.gallery.engines import usable_engine
from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.filter_backend import only_these
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable, model_rights
from people.rest.safe_edits import SafeModelViewSet
from streams.api.camera_pictures import picture_now
from streams.api.camera_serializers import CameraSerializer
from streams.api.correcting import CorrectionSerializer
from streams.api.newest_first import NewestFirst
from streams.api.sighting_serializers import DetectionSerializer, SightingSerializer, SnapshotLinkSerializer
from streams.cameras.deleting import RIGHT, delete_camera
from streams.correcting.corrections import correct
from streams.live.known_people import people_of
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting, SightingQuerySet
from streams.sightings import snapshots
from streams.sightings.csv_export import cameras_csv, detections_csv, sightings_csv
from streams.sightings.filters import CameraFilter, DetectionFilter, SightingApiFilter

NO_PICTURE = OpenApiResponse(description="No picture just now, with the reason: come back after `Retry-After` seconds.")


class NewestSightings(NewestFirst):
    time = "first_seen_at"

    def first_rows(self, rows: SightingQuerySet, limit: int, *, ascending: bool) -> SightingQuerySet:
        return rows.first_by_time(limit, ascending=ascending)


class NewestDetections(NewestFirst):
    time = "captured_at"


@extend_schema_view(
    list=extend_schema(
        summary="List cameras and what they do now",
        description=ACCEPTED,
        responses={(200, "application/json"): CameraSerializer(many=True), **CSV},
    ),
    csv=extend_schema(operation_id="cameras_csv"),
    create=extend_schema(summary="Add a camera"),
    retrieve=extend_schema(summary="Show a camera and what it does now"),
    update=extend_schema(summary="Replace a camera's settings"),
    partial_update=extend_schema(summary="Change some of a camera's settings"),
    destroy=extend_schema(
        summary="Delete a camera",
        description="409 when it has sightings, with how many: switch it off instead, or delete them with it.",
        parameters=[
            OpenApiParameter(
                "with_sightings",
                bool,
                description="Delete its sightings and their pictures, too. Needs the right "
                "`streams.delete_camera_with_sightings`.",
            )
        ],
    ),
)
@extend_schema(tags=["cameras"])
class CameraViewSet(CsvLists, SafeModelViewSet):
    queryset = Camera.objects.all()
    serializer_class = CameraSerializer
    filterset_class = CameraFilter
    rights: ClassVar[RightsTable] = model_rights("streams.camera", "csv", "snapshot")
    file_name = "cameras.csv"
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Camera]:
        return Camera.objects.visible_to(self.request.user).select_related("status")

    def csv_parts(self, rows: QuerySet[Camera]) -> Iterator[str]:
        return cameras_csv(rows)

    def get_object(self) -> Camera:
        """Returns the camera with its own threshold as a distance of the engine in use; what is written is one, too."""
        camera: Camera = super().get_object()
        camera.translate_threshold(usable_engine())
        return camera

    def lasting(self, shown: Any) -> Any:
        """Leaves out `at`, the time of the request itself."""
        return {**shown, "status": {**shown["status"], "at": None}}

    def perform_create(self, serializer: BaseSerializer[Camera]) -> None:
        self._save(serializer)

    def perform_update(self, serializer: BaseSerializer[Camera]) -> None:
        self._save(serializer)

    def perform_destroy(self, instance: Camera) -> None:
        only_these(self.request, {"with_sightings": BooleanFilter()})
        with_sightings = self.request.query_params.get("with_sightings", "").lower() == "true"
        if with_sightings and not self.request.user.has_perm(RIGHT):
            raise PermissionDenied("You have no right to delete sightings: switch the camera off instead.")
        delete_camera(camera=instance, by=self.request.user, with_sightings=with_sightings)

    @transaction.atomic
    def _save(self, serializer: BaseSerializer[Camera]) -> None:
        saved = serializer.save()
        serializer.instance = Camera.objects.select_related("status").get(pk=saved.pk)

    @extend_schema(
        operation_id="cameras_snapshot",
        summary="The newest picture of a camera",
        description="At most 5 s old, or as old as the camera's `analysis_fps` makes it: 8 s at 0.3. When nobody "
        "watches, the answer may take until 2 s after the next picture is due. 503 with `Retry-After` and the reason "
        "when there is no picture, 404 for a camera that is switched off.",
        parameters=[OpenApiParameter("boxes", bool, description="Faces with their boxes and names drawn in.")],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 503: NO_PICTURE},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def snapshot(self, request: Request, slug: str) -> HttpResponse:
        camera = self.get_object()
        only_these(request, {"boxes": BooleanFilter()})
        boxes = request.query_params.get("boxes", "").lower() == "true"
        if not camera.enabled:
            raise NotFound("The camera is switched off.")
        people = people_of(request.user) if boxes else None
        jpeg = async_to_sync(picture_now)(camera, boxes=boxes, people=people)
        return HttpResponse(jpeg, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@extend_schema_view(
    list=extend_schema(
        summary="List sightings, newest first",
        description=ACCEPTED,
        responses={(200, "application/json"): SightingSerializer(many=True), **CSV},
    ),
    retrieve=extend_schema(summary="Show a sighting"),
    csv=extend_schema(operation_id="sightings_csv"),
)
@extend_schema(tags=["sightings"])
class SightingViewSet(CsvLists, ReadOnlyModelViewSet[Sighting]):
    queryset = Sighting.objects.all()
    serializer_class = SightingSerializer
    filterset_class = SightingApiFilter
    rights: ClassVar[RightsTable] = model_rights(
        "streams.sighting", "csv", correct=("streams.view_sighting", "streams.correct_sighting")
    )
    pagination_class = NewestSightings
    file_name = "sightings.csv"

    def get_queryset(self) -> QuerySet[Sighting]:
        rows = Sighting.objects.visible_to(self.request.user).with_snapshot(self.request.user)
        return rows.with_footage(self.request.user).select_related("camera", "person", "edit", "machine_person")

    @extend_schema(
        operation_id="sightings_correct",
        summary="Say who a sighting is, who it is not, or that it is no face",
        description="Everything follows at once: lists, search, attendance, exports and open pages. What the camera "
        "said stays in `machine`. To say what it says already changes nothing. 409 with the reason if the person is "
        "retired (`retired`), if somebody has corrected it since you looked (`edited_meanwhile`), or if it does not "
        "say that it is the person of `is_not` (`not_said`). 204 if its camera discards strangers at once, and it is "
        "one now: then nothing is left of it.",
        request=CorrectionSerializer,
        responses={200: SightingSerializer, 204: None},
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        sighting = self.get_object()
        said = CorrectionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        correct(sighting=sighting.pk, says=said.says(), by=request.user, page=request.path, seen=said.seen())
        left = self.get_queryset().filter(pk=sighting.pk).first()
        return Response(status=204) if left is None else Response(self.get_serializer(left).data)

    def csv_parts(self, rows: QuerySet[Sighting]) -> Iterator[str]:
        return sightings_csv(rows)


@extend_schema_view(
    list=extend_schema(
        summary="List detections, newest first",
        description=ACCEPTED,
        responses={(200, "application/json"): DetectionSerializer(many=True), **CSV},
    ),
    retrieve=extend_schema(summary="Show a detection"),
    csv=extend_schema(operation_id="detections_csv"),
)
@extend_schema(tags=["detections"])
class DetectionViewSet(CsvLists, ReadOnlyModelViewSet[Detection]):
    queryset = Detection.objects.all()
    serializer_class = DetectionSerializer
    filterset_class = DetectionFilter
    rights: ClassVar[RightsTable] = model_rights("streams.detection", "csv", "snapshot", "frame", "clip", "links")
    pagination_class = NewestDetections
    file_name = "detections.csv"

    def get_queryset(self) -> QuerySet[Detection]:
        return Detection.objects.visible_to(self.request.user).select_related("sighting__camera", "person")

    def csv_parts(self, rows: QuerySet[Detection]) -> Iterator[str]:
        return detections_csv(rows)

    @extend_schema(summary="The face as the camera saw it", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True, content_negotiation_class=AnyPicture)
    def snapshot(self, request: Request, pk: str) -> HttpResponseBase:
        return snapshots.detection_snapshot(request, self.get_object().pk)

    @extend_schema(
        summary="The whole frame of the look that decided",
        description="Upright, at most 1280 pixels wide, without what the camera never keeps. The face is at `box` of "
        "the detection, in a frame of its `frame_width_px`. 404 for other looks, and for users who are limited to some "
        "people: it shows everybody who was there.",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def frame(self, request: Request, pk: str) -> HttpResponseBase:
        return snapshots.detection_frame(request, self.get_object().pk)

    @extend_schema(
        summary="The clip around the look that decided",
        description="Some seconds, at most 640 pixels wide, without sound and without what the camera never keeps. "
        "404 for other looks, for cameras that keep none (`clip_seconds`), and for users who are limited to some "
        "people. Gives the part that `Range` asks for.",
        responses={(200, "video/webm"): OpenApiTypes.BINARY, (206, "video/webm"): OpenApiTypes.BINARY},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def clip(self, request: Request, pk: str) -> HttpResponseBase:
        return snapshots.detection_clip(request, self.get_object().pk)

    @extend_schema(
        operation_id="detections_links",
        summary="Links to the pictures for five minutes",
        description="They need no login. They end as soon as whoever asked for them loses the right to the pictures.",
        responses=SnapshotLinkSerializer,
    )
    @action(detail=True)
    def links(self, request: Request, pk: str) -> Response:
        detection, links = self.get_object(), Links(request)
        snapshot = links.to("snapshot", detection.pk, at="linked_snapshot") if detection.snapshot else None
        frame = links.to("frame", detection.pk, at="linked_snapshot") if detection.frame else None
        clip = links.to("clip", detection.pk, at="linked_snapshot") if detection.clip else None
        found = SnapshotLinkSerializer({"snapshot": snapshot, "frame": frame, "clip": clip, "expires_at": links.end()})
        return Response(found.data, headers={"Cache-Control": "no-store"})
