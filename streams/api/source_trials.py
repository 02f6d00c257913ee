"""The API's test of a source, which does in one request what the admin's button does."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError as Refused
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.rest.permissions import RightsTable
from people.rest.strict import StrictFields
from streams.api.viewsets import CameraViewSet
from streams.cameras import trials
from streams.cameras.configs import resolved_source, view_of
from streams.cameras.credentials import Entered
from streams.cameras.errands import WAIT_S
from streams.errors import BadSource, TooManyTrials
from streams.pipeline.child.trial import TrialResult
from streams.pipeline.sources.addresses import BROWSER
from streams.pipeline.sources.transport import Transport
from streams.records.camera import Camera
from streams.records.states import HowVideoTravels

LATER = OpenApiResponse(description="No worker came to open it: try again after `Retry-After` seconds.")
OF_A_CAMERA: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


class TestSourceSerializer(StrictFields, serializers.Serializer[Any]):
    """A source that is not saved yet, or a camera with changed settings for this test."""

    camera = serializers.SlugField(
        max_length=100, required=False, help_text="A camera's slug. Fields that you leave out are taken from it."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name, not DRF's attribute
        max_length=500, required=False, help_text="As the field of a camera."
    )
    username = serializers.CharField(max_length=200, required=False, allow_blank=True)
    password = serializers.CharField(
        max_length=200, required=False, allow_blank=True, write_only=True, trim_whitespace=False
    )

    transport = serializers.ChoiceField(
        choices=HowVideoTravels.choices, required=False, help_text="As the field of a camera."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"camera", "source"} & attrs.keys():
            raise ValidationError({"source": "Give a source, a camera, or both."})
        return attrs


class TestResultSerializer(serializers.Serializer[Any]):
    """The result of the test."""

    works = serializers.BooleanField()
    reason = serializers.CharField(help_text="One sentence for people; empty when it works.")
    width_px = serializers.IntegerField(allow_null=True, help_text="Width and height of the source's frames.")
    height_px = serializers.IntegerField(allow_null=True)
    picture = serializers.CharField(allow_null=True, help_text="What it sees: a JPEG of at most 960 px, as base64.")


class TestSourceView(APIView):
    """Tests a source on POST; other methods go to the camera with the slug `test`, which may exist."""

    rights: ClassVar[RightsTable] = {"POST": ("streams.change_camera",)}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return camera_called("test", request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        tags=["cameras"],
        operation_id="cameras_test",
        summary="Test a source",
        description=f"A worker opens the source, watches it for a second and says what it saw; nothing is saved. One "
        f"test every {trials.ONE_EVERY_S} seconds; a test takes up to {WAIT_S:.0f} seconds. The picture of a "
        "camera is turned and masked as its settings say.",
        request=TestSourceSerializer,
        responses={200: TestResultSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        form = TestSourceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user_id = cast(int, request.user.pk)
        try:
            stored = stored_camera(request, form.validated_data)
            source = address_to_try(form.validated_data, stored)
            view, transport = view_of(stored) if stored else None, transport_to_try(form.validated_data, stored)
            trial = trials.begin(source=source, user_id=user_id, view=view, transport=transport)
        except BadSource as bad:
            raise ValidationError({"camera": str(bad)}) from None
        except TooManyTrials as hasty:
            raise Throttled(trials.ONE_EVERY_S, str(hasty)) from None
        return Response(shown(trials.wait_for(trial, user_id=user_id, sleep=time.sleep)))


def camera_called(slug: str, request: HttpRequest) -> HttpResponseBase:
    """Answers for the camera with the slug of an address that means something else on POST."""
    return CameraViewSet.as_view(OF_A_CAMERA)(request, slug=slug)


def stored_camera(request: Request, asked: dict[str, Any]) -> Camera | None:
    """Returns the camera that was asked for, if one was. Raises NotFound if there is no such camera."""
    if "camera" not in asked:
        return None
    stored = Camera.objects.visible_to(request.user).filter(slug=asked["camera"]).first()
    if stored is None:
        raise NotFound("There is no such camera.")
    return stored


def address_to_try(asked: dict[str, Any], stored: Camera | None) -> str:
    """Returns the source, resolved and with its login. Raises ValidationError by field."""
    source = asked.get("source", stored.source if stored else "")
    username = asked.get("username", stored.username if stored else "")
    if source == BROWSER:
        raise ValidationError({"source": "A browser camera is tried on its own page."})
    try:
        return resolved_source(Entered.of(source, username, asked.get("password")).address(stored))
    except Refused as refused:
        raise ValidationError(refused.message_dict) from None
    except BadSource as bad:
        raise ValidationError({"source": str(bad)}) from None


def transport_to_try(asked: dict[str, Any], stored: Camera | None) -> Transport:
    """Returns the transport asked for, the camera's, or the usual one."""
    return Transport(asked.get("transport", stored.transport if stored else Transport.AUTOMATIC))


def shown(result: TrialResult) -> dict[str, Any]:
    """Returns the fields of TestResultSerializer."""
    works = bool(result.picture)
    return {
        "works": works,
        "reason": result.reason,
        "width_px": result.width_px if works else None,
        "height_px": result.height_px if works else None,
        "picture": b64encode(result.picture).decode() if works else None,
    }
