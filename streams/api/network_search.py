"""The API's search of the network, which does in one request what the admin's button does."""

from __future__ import annotations

import time
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError as Refused
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.rest.permissions import RightsTable
from people.rest.strict import StrictFields
from streams.api.source_trials import camera_called
from streams.cameras import searches
from streams.cameras.errands import WAIT_S
from streams.errors import TooManyTrials

LATER = OpenApiResponse(description="No worker came to search: try again after `Retry-After` seconds.")


class SearchNetworkSerializer(StrictFields, serializers.Serializer[Any]):
    """Everybody, or one device with a login."""

    device = serializers.CharField(
        max_length=15, required=False, help_text="The IPv4 address of the one device to ask. Empty: everybody is asked."
    )
    username = serializers.CharField(
        max_length=searches.LONGEST, required=False, allow_blank=True, help_text="Only with `device`, which gets it."
    )
    password = serializers.CharField(
        max_length=searches.LONGEST, required=False, allow_blank=True, write_only=True, trim_whitespace=False
    )


class FoundStreamSerializer(serializers.Serializer[Any]):
    """A stream that a device offers."""

    name = serializers.CharField()
    codec = serializers.CharField(help_text="As ONVIF calls it: `H264`, `H265`, `JPEG` …")
    width_px = serializers.IntegerField(help_text="0 if the device does not say.")
    height_px = serializers.IntegerField()
    address = serializers.CharField(help_text="A camera's `source`, without a login.")
    snapshot = serializers.CharField(help_text="An address of single pictures, also a `source`; may be empty.")
    readable = serializers.BooleanField(help_text="Whether a camera can be read with this codec.")
    smaller = serializers.CharField(help_text="The `looking_source` that suits; may be empty.")


class FoundDeviceSerializer(serializers.Serializer[Any]):
    """A device that answered."""

    address = serializers.CharField(help_text="Its IPv4 address.")
    name = serializers.CharField(help_text="What it calls itself; may be empty.")
    model = serializers.CharField(help_text="May be empty.")
    reason = serializers.CharField(help_text="One sentence for people why it has no streams; empty if it has.")
    streams = FoundStreamSerializer(many=True, help_text="The largest first.")


class FoundDevicesSerializer(serializers.Serializer[Any]):
    """The result of a search."""

    devices = FoundDeviceSerializer(many=True)
    left_out = serializers.IntegerField(help_text="How many more devices answered than are shown.")
    reason = serializers.CharField(help_text="One sentence for people why nothing was searched; empty otherwise.")


class SearchNetworkView(APIView):
    """Searches on POST; other methods go to the camera with the slug `search`, which may exist."""

    rights: ClassVar[RightsTable] = {"POST": ("streams.change_camera",)}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return camera_called("search", request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        tags=["cameras"],
        operation_id="cameras_search",
        summary="Search the network for cameras",
        description="A worker asks the cameras that speak ONVIF, in the networks of `CAMERA_NETWORKS`, for their "
        "streams; nothing is saved. Without `device` everybody is asked, and no login is sent. One search every "
        f"{searches.ONE_EVERY_S} seconds; a search takes up to {WAIT_S:.0f} seconds.",
        request=SearchNetworkSerializer,
        responses={200: FoundDevicesSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        form = SearchNetworkSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user_id = cast(int, request.user.pk)
        try:
            search = searches.begin(user_id=user_id, **form.validated_data)
        except Refused as refused:
            raise ValidationError(refused.message_dict) from None
        except TooManyTrials as hasty:
            raise Throttled(searches.ONE_EVERY_S, str(hasty)) from None
        return Response(searches.offered(searches.wait_for(search, user_id=user_id, sleep=time.sleep)))
