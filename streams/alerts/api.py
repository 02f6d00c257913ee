"""The API's alerts: the list, and what works them off."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.rest.permissions import RightsTable
from streams.alerting.working_off import RIGHTS, acknowledge, add_note, close
from streams.alerts import serializers
from streams.alerts.cards import cards_of, with_words
from streams.alerts.filters import AlertApiFilter
from streams.api.newest_first import NewestFirst
from streams.records.alert import Alert

FIRST = "409 `decided_meanwhile`, naming who, if somebody was first."


class NewestAlerts(NewestFirst):
    time = "raised_at"


@extend_schema_view(
    list=extend_schema(
        summary="List alerts, newest first",
        description="Of cameras and about people that you may see. What is open: `state=new&state=acknowledged&"
        "state=second`.",
    ),
    retrieve=extend_schema(summary="Show an alert"),
)
@extend_schema(tags=["alerts"])
class AlertViewSet(ReadOnlyModelViewSet[Any]):
    queryset = Alert.objects.all()
    serializer_class = serializers.AlertSerializer
    filterset_class = AlertApiFilter
    pagination_class = NewestAlerts
    lookup_value_converter = "uuid"
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("streams.view_alert",)),
        **dict.fromkeys(("acknowledge", "close", "note"), RIGHTS),
    }

    def get_queryset(self) -> QuerySet[Alert]:
        return with_words(Alert.objects.visible_to(self.request.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = self.get_serializer_context()
        cards: Any = cards_of(page, request.user)
        return self.get_paginated_response(serializers.AlertSerializer(cards, many=True, context=context).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._said(self.get_object())

    @extend_schema(
        operation_id="alerts_acknowledge",
        summary="Acknowledge an alert: you look after it",
        description=FIRST,
        request=None,
        responses={200: serializers.AlertSerializer},
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: UUID) -> Response:
        return self._said(acknowledge(alert=self.get_object(), by=request.user))

    @extend_schema(
        operation_id="alerts_close",
        summary="Say what an alert turned out to be",
        description="Closes it. If its rule asks for two people, the first leaves it in the state `second`, and a "
        f"different user closes it; it counts as `unsure` if they differ. {FIRST} 409 `wants_another` if you were the "
        "first of two.",
        request=serializers.CloseAlertSerializer,
        responses={200: serializers.AlertSerializer},
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: UUID) -> Response:
        alert = self.get_object()
        return self._said(close(alert=alert, by=request.user, **self._asked(serializers.CloseAlertSerializer)))

    @extend_schema(
        operation_id="alerts_note",
        summary="Write a note beside an alert",
        request=serializers.NewAlertNoteSerializer,
        responses={201: serializers.AlertNoteSerializer},
    )
    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: UUID) -> Response:
        alert = self.get_object()
        asked = self._asked(serializers.NewAlertNoteSerializer)
        note = add_note(alert=alert, text=asked["text"], by=request.user)
        return Response(serializers.AlertNoteSerializer(note).data, status=201)

    def _asked(self, serializer: type[Any]) -> dict[str, Any]:
        form = serializer(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        return asked

    def _said(self, alert: Alert) -> Response:
        (card,) = cards_of([alert], self.request.user)
        return Response(serializers.AlertSerializer(card, context=self.get_serializer_context()).data)
