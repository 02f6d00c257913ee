"""The API's access requests: a client asks for an answer, follows it, and fetches the ZIP."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from people.audit.noting import note
from people.records.person import Person
from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from people.rest.strict import StrictFields
from streams.access_requests.access_request import RIGHT, AccessRequest
from streams.access_requests.pages import zip_of
from streams.access_requests.services import ask_for_everything, delete_access_request
from streams.errors import SeesOnlySome
from streams.jobs.job_row import is_limited

ZIP = {(200, "application/zip"): OpenApiTypes.BINARY}


class AccessRequestSerializer(serializers.ModelSerializer[AccessRequest]):
    """An answer to somebody who asked what the site has about them, and how far it is made."""

    sightings_total = serializers.IntegerField(source="total", help_text="Sightings that it will hold.")
    sightings_done = serializers.IntegerField(source="done", help_text="Sightings that are in it so far.")
    kept_until = serializers.DateTimeField(
        allow_null=True, help_text="When the ZIP is deleted; null while there is none."
    )
    download_url = serializers.SerializerMethodField(help_text="Null while there is nothing to fetch.")

    class Meta:
        model = AccessRequest
        fields = [
            "id", "person", "request", "who", "state", "problem", "sightings_total", "sightings_done", "size_bytes",
            "sha256", "download_url", "kept_until", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download_url(self, row: AccessRequest) -> str | None:
        if not row.is_downloadable:
            return None
        return reverse("api-access-download", args=[row.pk], request=self.context["request"])


class NewAccessRequestSerializer(StrictFields, serializers.Serializer[Any]):
    """Whose data to gather, and when and how they asked."""

    person = serializers.UUIDField()
    request = serializers.CharField(max_length=1_000, help_text="When and how they asked, and how it was made sure.")


@extend_schema_view(
    list=extend_schema(summary="List access requests, newest first"),
    retrieve=extend_schema(
        summary="Show an access request and how far it is", description="It has ended when `finished_at` is set."
    ),
    destroy=extend_schema(summary="Delete an access request", description="Deletes its ZIP."),
)
@extend_schema(tags=["access requests"])
class AccessRequestViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, GenericViewSet[AccessRequest]
):
    queryset = AccessRequest.objects.all()
    serializer_class = AccessRequestSerializer
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("streams.view_accessrequest",)),
        **dict.fromkeys(("create", "destroy", "download"), (RIGHT, "streams.view_accessrequest")),
    }

    def get_queryset(self) -> Any:
        self._check()
        return AccessRequest.objects.visible_to(self.request.user)

    def get_object(self) -> AccessRequest:
        row: AccessRequest = super().get_object()
        note(self.request, row)
        return row

    @extend_schema(
        summary="Gather everything about a person",
        description="A worker makes a ZIP for the person: pages to read, the same as JSON, photos, sightings with "
        "pictures of their face, documents, and who looked, by role. `Location` says where to look.",
        request=NewAccessRequestSerializer,
        responses={202: AccessRequestSerializer},
    )
    @idempotent
    @transaction.atomic
    def create(self, request: Request) -> Response:
        self._check()
        form = NewAccessRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        person = Person.objects.within_limits_of(request.user).filter(pk=form.validated_data["person"]).first()
        if person is None:
            raise ValidationError({"person": "There is no such person."})
        row = ask_for_everything(
            person=person,
            request=form.validated_data["request"],
            site=request.build_absolute_uri("/").rstrip("/"),
            by=request.user,
        )
        where = self.reverse_action("detail", args=[row.pk])
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: AccessRequest) -> None:
        delete_access_request(row=instance, by=self.request.user)

    @extend_schema(
        operation_id="access_requests_download",
        summary="The ZIP of an access request",
        description="Every time is written down. 409 if it is not ready, or was deleted after its time.",
        responses={**ZIP, 409: OpenApiResponse(description="Not ready, or not there any more.")},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        return zip_of(request._request, self.get_object())

    def _check(self) -> None:
        if is_limited(self.request.user):
            raise SeesOnlySome
