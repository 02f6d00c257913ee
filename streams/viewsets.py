"""The API's cameras, and what they saw: sightings and detections, to be read only."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.api.negotiation import AnyPicture
from people.api.safe_edits import SafeModelViewSet
from streams import services, views
from streams.api_filters import CameraFilter, DetectionFilter, SightingApiFilter
from streams.csv_export import MOST_ROWS, TooManyRows, sightings_csv
from streams.models import Camera, Detection, Sighting
from streams.newest_first import NewestFirst
from streams.serializers import CameraSerializer, DetectionSerializer, SightingSerializer


class NewestSightings(NewestFirst):
    time = "first_seen_at"


class NewestDetections(NewestFirst):
    time = "captured_at"


@extend_schema_view(
    list=extend_schema(summary="List cameras and what they do now"),
    create=extend_schema(summary="Add a camera"),
    retrieve=extend_schema(summary="Show a camera and what it does now"),
    update=extend_schema(summary="Replace a camera's settings"),
    partial_update=extend_schema(summary="Change some of a camera's settings"),
    destroy=extend_schema(summary="Delete a camera", description="409 when it has sightings: switch it off instead."),
)
@extend_schema(tags=["cameras"])
class CameraViewSet(SafeModelViewSet):
    queryset = Camera.objects.all()
    serializer_class = CameraSerializer
    filterset_class = CameraFilter
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Camera]:
        return Camera.objects.visible_to(self.request.user).select_related("status")

    def lasting(self, shown: Any) -> Any:
        """`at` is the time of the look itself."""
        return {**shown, "status": {**shown["status"], "at": None}}

    def perform_create(self, serializer: BaseSerializer[Camera]) -> None:
        self._save(serializer)

    def perform_update(self, serializer: BaseSerializer[Camera]) -> None:
        self._save(serializer)

    def perform_destroy(self, instance: Camera) -> None:
        services.delete_camera(camera=instance, by=self.request.user)

    @transaction.atomic
    def _save(self, serializer: BaseSerializer[Camera]) -> None:
        saved = serializer.save()
        serializer.instance = Camera.objects.select_related("status").get(pk=saved.pk)


@extend_schema_view(
    list=extend_schema(summary="List sightings, newest first"),
    retrieve=extend_schema(summary="Show a sighting"),
)
@extend_schema(tags=["sightings"])
class SightingViewSet(ReadOnlyModelViewSet[Sighting]):
    queryset = Sighting.objects.all()
    serializer_class = SightingSerializer
    filterset_class = SightingApiFilter
    pagination_class = NewestSightings

    def get_queryset(self) -> QuerySet[Sighting]:
        return Sighting.objects.visible_to(self.request.user).with_snapshot(self.request.user)

    @extend_schema(
        operation_id="sightings_csv",
        summary="Sightings as a CSV file, newest first",
        description=f"Filtered as the list is; at most {MOST_ROWS} lines, else 400.",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    @action(detail=False, content_negotiation_class=AnyPicture, pagination_class=None)
    def csv(self, request: Request) -> HttpResponse:
        sightings = self.filter_queryset(Sighting.objects.visible_to(request.user))
        try:
            text = sightings_csv(sightings)
        except TooManyRows as error:
            raise ValidationError(str(error), code="too_many_rows") from None
        headers = {"Content-Disposition": 'attachment; filename="sightings.csv"', "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@extend_schema_view(
    list=extend_schema(summary="List detections, newest first"),
    retrieve=extend_schema(summary="Show a detection"),
)
@extend_schema(tags=["detections"])
class DetectionViewSet(ReadOnlyModelViewSet[Detection]):
    queryset = Detection.objects.all()
    serializer_class = DetectionSerializer
    filterset_class = DetectionFilter
    pagination_class = NewestDetections

    def get_queryset(self) -> QuerySet[Detection]:
        return Detection.objects.visible_to(self.request.user).select_related("sighting__camera", "person")

    @extend_schema(summary="The face as the camera saw it", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True, content_negotiation_class=AnyPicture)
    def snapshot(self, request: Request, pk: str) -> HttpResponseBase:
        return views.detection_snapshot(request, self.get_object().pk)
