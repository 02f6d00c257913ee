"""The API's erasures: a client asks for one, follows it, and fetches the certificate."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.base.ids import uuid_or_none
from people.records.person import Person
from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from streams.erasing.certificate import Certificate
from streams.erasing.document import document_of
from streams.erasing.erasure import RIGHT, Erasure, ErasureCertificate
from streams.erasing.serializers import (
    CertificateSerializer,
    ErasureSerializer,
    NewErasureSerializer,
    WhatGoesSerializer,
)
from streams.erasing.services import check_sees_all, erase_person, what_goes

PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}


@extend_schema_view(
    list=extend_schema(summary="List erasures, newest first"),
    retrieve=extend_schema(
        summary="Show an erasure and how far it is", description="It is done when `finished_at` is set."
    ),
)
@extend_schema(tags=["erasures"])
class ErasureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Erasure]):
    queryset = Erasure.objects.all()
    serializer_class = ErasureSerializer
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve", "certificate", "certificate_pdf"), ("streams.view_erasure",)),
        **dict.fromkeys(("create", "preview"), (RIGHT, "streams.view_erasure")),
    }

    def get_queryset(self) -> Any:
        check_sees_all(self.request.user)
        return Erasure.objects.visible_to(self.request.user)

    @extend_schema(
        summary="Erase a person for good",
        description="Everything about them: photos, encodings of every engine, sightings with their pictures, "
        "documents, links, corrections, alerts, what was handed over, and their names in the audit. Cameras drop them "
        "within two seconds; the rest is a job. Nobody can take it back. `Location` says where to look; the "
        "certificate is there when it is done.",
        request=NewErasureSerializer,
        responses={202: ErasureSerializer},
    )
    @idempotent
    @transaction.atomic
    def create(self, request: Request) -> Response:
        check_sees_all(request.user)
        form = NewErasureSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        person = _person(request, form.validated_data["person"])
        row = erase_person(
            person=person,
            by=request.user,
            request=form.validated_data["request"],
            site=request.build_absolute_uri("/").rstrip("/"),
        )
        where = self.reverse_action("detail", args=[row.pk])
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(
        summary="What an erasure would delete",
        parameters=[OpenApiParameter("person", OpenApiTypes.UUID, required=True, description="Whom it would erase.")],
        responses=WhatGoesSerializer(many=True),
    )
    @action(detail=False, pagination_class=None, filter_backends=[])
    def preview(self, request: Request) -> Response:
        check_sees_all(request.user)
        person = _person(request, request.query_params.get("person", ""))
        goes = [{"what": what, "number": number} for what, number in what_goes(person)]
        return Response(WhatGoesSerializer(goes, many=True).data)

    @extend_schema(
        summary="The certificate of an erasure", description="404 until it is done.", responses=CertificateSerializer
    )
    @action(detail=True)
    def certificate(self, request: Request, pk: str) -> Response:
        return Response(json.loads(self._certificate().text))

    @extend_schema(summary="The certificate of an erasure as PDF", description="404 until it is done.", responses=PDF)
    @action(detail=True, url_path="certificate-pdf", content_negotiation_class=AnyPicture)
    def certificate_pdf(self, request: Request, pk: str) -> HttpResponse:
        row = self._certificate()
        headers = {
            "Content-Disposition": f'attachment; filename="erasure-{row.reference}.pdf"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(document_of(Certificate.read(row.text)), content_type="application/pdf", headers=headers)

    def _certificate(self) -> ErasureCertificate:
        found: ErasureCertificate = get_object_or_404(ErasureCertificate, reference=self.get_object().reference)
        return found


def _person(request: Request, key: Any) -> Person:
    pk = uuid_or_none(str(key))
    found = Person.objects.within_limits_of(request.user).filter(pk=pk).first() if pk else None
    if found is None:
        raise ValidationError({"person": "There is no such person."})
    return found
