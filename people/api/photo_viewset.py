"""The API's photos: clients upload them for a person, a worker reads them, people decide on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.accounts.picture_links import Links
from people.api.filters import PhotoFilter
from people.api.photo_decisions import PhotoDecisions
from people.api.photo_serializers import (
    PhotoLinksSerializer,
    PhotoSerializer,
    PhotoUploadSerializer,
    UploadReportSerializer,
)
from people.editing import services
from people.editing.uploads import shown_name
from people.errors import AlreadyThere, BadUpload
from people.gallery.lists_csv import photos_csv
from people.records.person import Person, with_resembled
from people.records.photo import Photo, PhotoQuerySet
from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.picture_views import stream_picture
from people.rest.safe_edits import SafeEdits

UPLOAD_MAX_BYTES = 10 * settings.PHOTO_MAX_BYTES
"""Limit for one request with all its pictures: fifty usual photos of 3 MB fit."""
PICTURE = {(200, "image/*"): OpenApiTypes.BINARY}


@extend_schema_view(
    list=extend_schema(
        summary="List photos, oldest first",
        description=ACCEPTED,
        responses={(200, "application/json"): PhotoSerializer(many=True), **CSV},
    ),
    csv=extend_schema(operation_id="photos_csv"),
    retrieve=extend_schema(summary="Show a photo and what became of it"),
    destroy=extend_schema(
        summary="Delete a photo", description="Deletes the photo with its encodings and its stored picture."
    ),
)
@extend_schema(tags=["photos"])
class PhotoViewSet(
    CsvLists,
    PhotoDecisions,
    SafeEdits,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[Photo],
):
    queryset = Photo.objects.all()
    serializer_class = PhotoSerializer
    filterset_class = PhotoFilter
    parser_classes = [MultiPartParser]
    file_name = "photos.csv"

    def get_queryset(self) -> PhotoQuerySet:
        photos = Photo.objects.within_limits_of(self.request.user)
        return photos if self.action in ("list", "csv") else with_resembled(photos, self.request.user)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """Returns a page of photos, and looks up whom they resemble for this page only, not for all skipped photos."""
        page = super().paginate_queryset(queryset) or []
        rows = with_resembled(Photo.objects.within_limits_of(self.request.user), self.request.user)
        shown = rows.in_bulk([photo.pk for photo in page])
        return [shown[photo.pk] for photo in page if photo.pk in shown]

    def csv_parts(self, rows: QuerySet[Photo]) -> Iterator[str]:
        return photos_csv(rows)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if int(length) > UPLOAD_MAX_BYTES:
            raise RequestDataTooBig(f"The upload is larger than {UPLOAD_MAX_BYTES / 1_000_000:g} MB.")
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="Upload photos of a person",
        description="Each is queued for enrolment; look at it again for the outcome. One that is refused does "
        "not stop the others; 400 when none was accepted.",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses={201: UploadReportSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        form = PhotoUploadSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        added: list[Photo] = []
        refused = list(self._add(form.validated_data["person"], form.validated_data["images"], added))
        if not added:
            raise ValidationError(
                {"images": {each["index"]: ErrorDetail(each["message"], each["code"]) for each in refused}}
            )
        report = UploadReportSerializer({"photos": added, "refused": refused}, context={"request": request})
        return Response(report.data, status=status.HTTP_201_CREATED)

    def _add(self, person: Person, images: list[UploadedFile[bytes]], added: list[Photo]) -> Iterator[dict[str, Any]]:
        """Adds each image as a photo, appends it to `added`, and yields the refused ones."""
        for index, image in enumerate(images):
            name = image.name or ""
            try:
                added.append(services.add_photo(person=person, file=image, original_name=name, by=self.request.user))
            except (AlreadyThere, BadUpload) as refusal:
                yield {
                    "index": index,
                    "name": shown_name(name),
                    "code": refusal.code,
                    "message": str(refusal),
                }

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Photo) -> None:
        services.delete_photos(photos=[instance], by=self.request.user)

    @extend_schema(
        operation_id="photos_image", summary="The picture, upright as uploaded, without its location", responses=PICTURE
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def image(self, request: Request, pk: str) -> HttpResponseBase:
        return stream_picture(request, self.get_object().image)

    @extend_schema(operation_id="photos_crop", summary="The enrolled face, cut out", responses=PICTURE)
    @action(detail=True, content_negotiation_class=AnyPicture)
    def crop(self, request: Request, pk: str) -> HttpResponseBase:
        return stream_picture(request, self.get_object().crop)

    @extend_schema(
        operation_id="photos_links",
        summary="Links to the pictures for five minutes",
        description="The links need no login. They end as soon as whoever asked "
        "for them loses the right to the pictures.",
        responses=PhotoLinksSerializer,
    )
    @action(detail=True)
    def links(self, request: Request, pk: str) -> Response:
        photo, links = self.get_object(), Links(request)
        crop = links.to("crop", photo.pk, at="linked_picture") if photo.crop else None
        image = links.to("image", photo.pk, at="linked_picture")
        found = PhotoLinksSerializer({"image": image, "crop": crop, "expires_at": links.end()})
        return Response(found.data, headers={"Cache-Control": "no-store"})
