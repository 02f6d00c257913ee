"""The API's bases: recorded, read and withdrawn, and never rewritten."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.api.basis_serializers import BasisSerializer, NewBasisSerializer, WithdrawalSerializer
from people.editing.bases import record_basis, withdraw_basis
from people.records.basis import Basis, BasisQuerySet, BasisState
from people.rest.document_views import send_document
from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from people.rest.safe_edits import SafeEdits


class BasisFilter(django_filters.FilterSet):
    person = django_filters.UUIDFilter("person_id")
    state = django_filters.ChoiceFilter(choices=BasisState.choices)

    class Meta:
        model = Basis
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="List bases, the newest first"),
    retrieve=extend_schema(summary="Show a basis"),
)
@extend_schema(tags=["bases"])
class BasisViewSet(SafeEdits, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Basis]):
    queryset = Basis.objects.all()
    serializer_class = BasisSerializer
    filterset_class = BasisFilter
    parser_classes = [JSONParser, MultiPartParser]
    rights: ClassVar[RightsTable] = {
        "list": ("people.view_basis",),
        "retrieve": ("people.view_basis",),
        "document": ("people.view_basis",),
        "create": ("people.add_basis",),
        "withdraw": ("people.change_basis",),
    }

    def get_queryset(self) -> BasisQuerySet:
        return Basis.objects.within_limits_of(self.request.user).with_state()

    @extend_schema(
        summary="Record a basis",
        description="From then on the person is recognised where the site's policy asks for a basis.",
        request={"application/json": NewBasisSerializer, "multipart/form-data": NewBasisSerializer},
        responses={201: BasisSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        form = NewBasisSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        document = values.pop("document", None)
        basis = record_basis(
            **values, document=document, document_title=getattr(document, "name", "") or "", by=request.user
        )
        return Response(self._shown(basis), status=201)

    @extend_schema(
        operation_id="bases_withdraw",
        summary="Withdraw a basis",
        description="For good. No camera recognises anybody by it from two seconds on. The record stays.",
        request=WithdrawalSerializer,
        responses=BasisSerializer,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def withdraw(self, request: Request, pk: str) -> Response:
        form = WithdrawalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        basis = self.get_object()
        withdraw_basis(basis=basis, why=form.validated_data["why"], by=request.user)
        return Response(self._shown(basis))

    @extend_schema(
        operation_id="bases_document",
        summary="The document of a basis",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def document(self, request: Request, pk: str) -> HttpResponseBase:
        return send_document(self.get_object())

    def _shown(self, basis: Basis) -> object:
        return self.get_serializer(self.get_queryset().get(pk=basis.pk)).data
