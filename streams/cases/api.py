"""The API's cases: a client asks for one, a worker makes it, and the client follows and fetches it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.rest.idempotent import idempotent
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from streams.cases.asking import ORDER, AskedSightings, asked_of_video, filter_words
from streams.cases.case import RIGHTS, Case
from streams.cases.pages import zip_of
from streams.cases.serializers import CaseSerializer, NewCaseSerializer
from streams.cases.services import MOST_SIGHTINGS, ask_for_case, delete_case
from streams.errors import Withdrawn
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from streams.sightings.filters import SightingApiFilter

FILTERS = ("camera", "person", "watchlist", "verdict", "seen_after", "seen_before")
ZIP = {(200, "application/zip"): OpenApiTypes.BINARY}


@extend_schema_view(
    list=extend_schema(summary="List cases, newest first"),
    retrieve=extend_schema(
        summary="Show a case and how far it is", description="It has ended when `finished_at` is set."
    ),
    destroy=extend_schema(
        summary="Delete a case", description="Deletes its ZIP. The sightings stay, and so does the history."
    ),
)
@extend_schema(tags=["cases"])
class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, GenericViewSet[Case]):
    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("streams.view_case",)),
        **dict.fromkeys(("create", "destroy", "download"), (*RIGHTS, "streams.view_case")),
    }

    def get_queryset(self) -> Any:
        rows = Case.objects.visible_to(self.request.user)
        return rows.unasked() if self.action == "list" else rows

    @extend_schema(
        summary="Hand sightings over as a case",
        description=f"At most {MOST_SIGHTINGS} sightings, else 400 with how many they are. A worker makes a ZIP with "
        "a PDF, the pictures, a table and a signed list of its files: `Location` says where to look.",
        request=NewCaseSerializer,
        responses={202: CaseSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        form = NewCaseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        asked = _asked(request, said)
        case = ask_for_case(
            title=said["title"],
            reason=said["reason"],
            rows=asked.rows,
            asked=asked.words,
            video=asked.video,
            site=request.build_absolute_uri("/").rstrip("/"),
            by=request.user,
        )
        where = self.reverse_action("detail", args=[case.pk])
        return Response(self.get_serializer(case).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Case) -> None:
        delete_case(case=instance, by=self.request.user)

    @extend_schema(
        operation_id="cases_download",
        summary="The ZIP of a case",
        description="Every time is written down. 403, with the reason, if you may not see all that it shows by now; "
        "409 if it is not ready, or was deleted after its time.",
        responses={**ZIP, 409: OpenApiResponse(description="Not ready, or not there any more.")},
    )
    @action(detail=True, content_negotiation_class=AnyPicture)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        case = self.get_object()
        try:
            return zip_of(request._request, case)
        except Withdrawn as error:
            if not case.is_downloadable:
                raise
            raise PermissionDenied(str(error), code=error.code) from None


def _asked(request: Request, said: dict[str, Any]) -> AskedSightings:
    if "video" in said:
        asked = asked_of_video(request.user, said["video"])
        if asked is None:
            raise ValidationError({"video": f"There is no analysed video with the id {said['video']}."})
        return asked
    visible, words = Sighting.objects.visible_to(request.user), []
    if "sightings" in said:
        visible = visible.filter(pk__in=said["sightings"])
        words.append(("Sightings", f"{len(said['sightings'])} chosen by their ids"))
    if "stranger" in said:
        stranger = Stranger.objects.visible_to(request.user).filter(pk=said["stranger"]).first()
        if stranger is None:
            raise ValidationError({"stranger": f"There is no stranger with the id {said['stranger']}."})
        visible = visible.filter(stranger=stranger)
        words.append(("Unknown person", str(stranger)))
    chosen = SightingApiFilter(_query(said), visible, request=request)
    if not chosen.is_valid():
        raise ValidationError(chosen.errors)
    return AskedSightings(chosen.qs.order_by(*ORDER), [*words, *filter_words(chosen)])


def _query(said: dict[str, Any]) -> QueryDict:
    """Returns the filters as the list of sightings takes them."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        if name in said:
            query.setlist(name, said[name] if isinstance(said[name], list) else [str(said[name])])
    return query
