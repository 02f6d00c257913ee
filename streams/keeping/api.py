"""The API's schedule of keeping, and the part of it that needs no login."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import terms
from people.records.privacy_notice import privacy_notice
from people.rest.permissions import RightsTable
from streams.auditors.access import is_limited
from streams.keeping.changing import change_schedule
from streams.keeping.public import public_notice
from streams.keeping.serializers import KeepingChangeSerializer, KeepingSerializer, PublicKeepingSerializer
from streams.records.camera_keeping import CameraKeeping


class KeepingView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("people.view_keepingterm",), "PATCH": ("people.change_keepingterm",)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if is_limited(request.user):
            raise PermissionDenied("The schedule is about everybody and everything, and you may see only some groups.")

    @extend_schema(
        tags=["keeping"],
        operation_id="keeping",
        summary="Show the schedule of keeping",
        description="For how long each kind of data is kept, what for, which cameras differ, and the last run.",
        responses=KeepingSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(_shown())

    @extend_schema(
        tags=["keeping"],
        operation_id="keeping_change",
        summary="Change the schedule of keeping",
        description="Only what is named becomes different. If anything is deleted sooner than before, and `confirmed` "
        "is not true, it is 409 `not_confirmed` with how much the next run would delete, and nothing is changed. 400 "
        "`bad_schedule` for days that cannot be, or that the deployment fixes.",
        request=KeepingChangeSerializer,
        responses=KeepingSerializer,
    )
    def patch(self, request: Request) -> Response:
        said = KeepingChangeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        is_confirmed = said.validated_data["confirmed"]
        change_schedule(change=said.change(), is_confirmed=is_confirmed, by=request.user)
        return Response(_shown())


class PublicKeepingView(APIView):
    """For whoever wants the public page's words on a page of their own; the same for everybody."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        tags=["keeping"],
        operation_id="keeping_public",
        summary="What everybody may know of the schedule",
        description="The words of the public page. Without a login.",
        responses=PublicKeepingSerializer,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        return Response(PublicKeepingSerializer(public_notice()).data)


def _shown() -> Any:
    rows = {
        "terms": terms(),
        "cameras": CameraKeeping.objects.select_related("camera").order_by("camera__name"),
        "notice": privacy_notice(),
    }
    return KeepingSerializer(rows, context={"runs": KeepingRun.objects.in_bulk()}).data
