"""The API's imports: a client uploads a ZIP of many people, a worker reads it, and the client follows it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.api.filters import ImportFilter
from people.api.import_serializers import ImportDetailSerializer, ImportSerializer, ImportUploadSerializer
from people.imports.jobs import RIGHTS, ImportJob
from people.imports.report import csv_response
from people.imports.services import cancel_import, start_import
from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable

FORM_BYTES = 100_000
"""Bytes that a form may contain besides its file."""


@extend_schema_view(
    list=extend_schema(summary="List imports, newest first"),
    retrieve=extend_schema(
        summary="Show how far an import is",
        description="The import is over when `finished_at` is set and no photo is waiting.",
    ),
)
@extend_schema(tags=["imports"])
class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[ImportJob]):
    queryset = ImportJob.objects.all()
    serializer_class = ImportDetailSerializer
    filterset_class = ImportFilter
    parser_classes = [MultiPartParser]
    rights: ClassVar[RightsTable] = dict.fromkeys(("list", "retrieve", "create", "report", "cancel"), RIGHTS)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        limit = settings.ZIP_MAX_BYTES + FORM_BYTES
        if int(request.META.get("CONTENT_LENGTH") or "0") > limit:
            raise RequestDataTooBig(f"The upload is larger than {limit / 1_000_000:g} MB.")
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ImportJob]:
        return ImportJob.objects.visible_to(self.request.user).without_names()

    def get_serializer_class(self) -> Any:
        return ImportSerializer if self.action == "list" else ImportDetailSerializer

    @extend_schema(
        summary="Import a ZIP of people's photos",
        description="A folder per person (`Ada Lovelace/1.jpg`) or a photo per name (`Ada Lovelace.jpg`), also inside "
        "folders of departments; people who are missing are added. The list of files is checked at once: 400 "
        "if the ZIP cannot be imported, 409 `layout_in_doubt` if its names leave open who the people are; then "
        "`details` are the values of `layout` to choose from. A worker does the rest: `Location` says where to look.",
        request={"multipart/form-data": ImportUploadSerializer},
        responses={202: ImportDetailSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        form = ImportUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data.pop("file")
        job = start_import(file=file, name=file.name or "", by=request.user, **form.validated_data)
        where = self.reverse_action("detail", args=[job.pk])
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(
        operation_id="imports_report",
        summary="What became of each file, as CSV",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def report(self, request: Request, pk: str) -> HttpResponseBase:
        return csv_response(self.get_object(), request._request)

    @extend_schema(
        operation_id="imports_cancel",
        summary="Cancel an import",
        description="What the import has added stays. 409 when it has ended.",
        request=None,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        cancel_import(job=job, by=request.user)
        return Response(self.get_serializer(job).data)
