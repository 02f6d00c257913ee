"""The API's channels, and the deliveries to them, which are read-only."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.base.row_state import state_of
from people.rest.permissions import RightsTable, model_rights
from people.rest.safe_edits import SafeModelViewSet
from streams.api.newest_first import NewestFirst
from streams.channels.services import delete_channel, send_test, settings_state
from streams.channels.signing_keys import end_old_signing_key, replace_signing_key
from streams.deliveries.serializers import ChannelSerializer, DeliverySerializer, SigningKeySerializer
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import ChannelKind, DeliveryKind, DeliveryState


class ChannelFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=ChannelKind.choices, distinct=False)

    class Meta:
        model = Channel
        fields = ["kind", "is_on"]


@extend_schema_view(
    list=extend_schema(summary="List channels by name"),
    create=extend_schema(
        summary="Add a channel",
        description="Send the fields of its kind. A webhook's signing key is made with it; ask for one that you can "
        "read with `POST …/signing-key/`.",
    ),
    retrieve=extend_schema(summary="Show a channel and whether it works"),
    update=extend_schema(summary="Replace a channel's settings"),
    partial_update=extend_schema(summary="Change some of a channel's settings"),
    destroy=extend_schema(
        summary="Delete a channel",
        description="With its deliveries. A rule that told nobody else is switched off, and says why.",
    ),
)
@extend_schema(tags=["channels"])
class ChannelViewSet(SafeModelViewSet):
    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter
    rights: ClassVar[RightsTable] = model_rights(
        "streams.channel",
        test="streams.change_channel",
        signing_key="streams.change_channel",
        old_signing_key="streams.change_channel",
    )

    def get_queryset(self) -> Any:
        return Channel.objects.visible_to(self.request.user).prefetch_related("camera_groups")

    def row_state(self, row: Any) -> str:
        return settings_state(row) if isinstance(row, Channel) else state_of(row)

    def perform_destroy(self, instance: Channel) -> None:
        delete_channel(channel=instance, by=self.request.user)

    @extend_schema(
        operation_id="channels_test",
        summary="Send a test",
        description="A worker sends it at once, also if the channel is off: one of MQTT is refused then (409), since "
        "nobody is connected to its broker. `Location` says what becomes of it.",
        request=None,
        responses={202: DeliverySerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def test(self, request: Request, pk: str) -> Response:
        delivery = send_test(channel=self.get_object(), by=request.user)
        delivery.refresh_from_db()
        told = DeliverySerializer(delivery, context=self.get_serializer_context()).data
        where = request.build_absolute_uri(f"/api/v1/deliveries/{delivery.pk}/")
        return Response(told, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(
        operation_id="channels_signing_key",
        summary="Make a new signing key of a webhook",
        description="It is shown this once. The one before signs, too, until `old_key_until`, or until it is ended.",
        request=None,
        responses={200: SigningKeySerializer},
    )
    @action(detail=True, methods=["post"], url_path="signing-key")
    @transaction.atomic
    def signing_key(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        key = replace_signing_key(channel=channel, by=request.user)
        channel.refresh_from_db()
        told = SigningKeySerializer({"signing_key": key, "old_key_until": channel.old_key_until}).data
        return Response(told, headers={"Cache-Control": "no-store"})

    @extend_schema(
        operation_id="channels_old_signing_key",
        summary="End the old signing key of a webhook",
        description="Only the newest key signs from now on.",
        request=None,
        responses={204: None},
    )
    @action(detail=True, methods=["delete"], url_path="old-signing-key")
    @transaction.atomic
    def old_signing_key(self, request: Request, pk: str) -> Response:
        end_old_signing_key(channel=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _channels_for(request: HttpRequest | None) -> QuerySet[Channel]:
    return Channel.objects.visible_to(request.user) if request else Channel.objects.none()


class DeliveryFilter(django_filters.FilterSet):
    channel = django_filters.ModelChoiceFilter(queryset=_channels_for)
    alert = django_filters.UUIDFilter(field_name="alert_id")
    state = django_filters.MultipleChoiceFilter(choices=DeliveryState.choices, distinct=False)
    kind = django_filters.MultipleChoiceFilter(choices=DeliveryKind.choices, distinct=False)

    class Meta:
        model = Delivery
        fields: list[str] = []


class NewestDeliveries(NewestFirst):
    time = "made_at"


@extend_schema_view(
    list=extend_schema(
        summary="List deliveries, newest first",
        description="What each channel was told or is to be told, how often that was tried, and why it failed.",
    ),
    retrieve=extend_schema(summary="Show a delivery"),
)
@extend_schema(tags=["channels"])
class DeliveryViewSet(ReadOnlyModelViewSet[Delivery]):
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    pagination_class = NewestDeliveries
    rights: ClassVar[RightsTable] = model_rights("streams.delivery")

    def get_queryset(self) -> Any:
        rows = Delivery.objects.visible_to(self.request.user)
        return rows.select_related("channel", "alert__person", "alert__stranger")
