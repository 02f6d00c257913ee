"""The API's enrolment links and kiosks: made, listed, approved, refused and revoked; their secrets are shown once.

An Idempotency-Key is not taken here: the answer would be kept for a day, and with it the secret.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db import transaction
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.api import enrolment_link_serializers as serializers
from people.records.enrolment_link import EnrolmentLink, EnrolmentLinkQuerySet, Kiosk, LinkState
from people.records.groups import person_limits
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from people.rest.picture_views import stream_picture
from people.self_enrolling.approving import RIGHTS_TO_APPROVE, approve, refuse
from people.self_enrolling.making import make_kiosk, make_link, revoke_kiosk, revoke_link


class EnrolmentLinkFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=LinkState.choices, help_text="Repeat for several.")
    person = django_filters.UUIDFilter(field_name="person_id")
    kiosk = django_filters.UUIDFilter(field_name="kiosk_id")

    class Meta:
        model = EnrolmentLink
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="List enrolment links, newest first", description="What waits: `state=sent`."),
    retrieve=extend_schema(summary="Show an enrolment link"),
)
@extend_schema(tags=["enrolment links"])
class EnrolmentLinkViewSet(ReadOnlyModelViewSet[EnrolmentLink]):
    queryset = EnrolmentLink.objects.all()
    serializer_class = serializers.EnrolmentLinkSerializer
    filterset_class = EnrolmentLinkFilter
    lookup_value_converter = "uuid"
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("people.view_enrolmentlink",)),
        "picture": ("people.view_enrolmentlink", "people.view_photo"),
        "create": ("people.view_enrolmentlink", "people.add_enrolmentlink"),
        "approve": ("people.view_enrolmentlink", *RIGHTS_TO_APPROVE),
        **dict.fromkeys(("refuse", "revoke"), ("people.view_enrolmentlink", "people.change_enrolmentlink")),
    }

    def get_queryset(self) -> EnrolmentLinkQuerySet:
        rows = EnrolmentLink.objects.within_limits_of(self.request.user)
        return rows.prefetch_related("pictures").order_by("-made_at", "id")

    @extend_schema(
        summary="Make an enrolment link",
        description="The answer has the address, which nobody can read again. 400 `no_consent_text` while the site has "
        "no text to agree to, 409 `never_match` for somebody who is never recognised. Takes no Idempotency-Key: make "
        "another link if you missed the answer, and revoke the first.",
        request=serializers.NewEnrolmentLinkSerializer,
        responses={201: serializers.MadeEnrolmentLinkSerializer},
    )
    def create(self, request: Request) -> Response:
        form = serializers.NewEnrolmentLinkSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        link, secret = make_link(name=asked["name"], person=asked.get("person"), by=request.user)
        shown = {**self.get_serializer_context(), "secret": secret}
        return _unkept(serializers.MadeEnrolmentLinkSerializer(link, context=shown).data)

    @extend_schema(
        operation_id="enrolment_links_approve",
        summary="Approve what was sent by a link",
        description="The pictures become photos, the agreement the person's basis. You also need the rights to add "
        "people, photos and bases. 409 `name_taken` if somebody whom you may see has the name.",
        request=serializers.ApprovalSerializer,
        responses=serializers.EnrolmentLinkSerializer,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def approve(self, request: Request, pk: UUID) -> Response:
        form = serializers.ApprovalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        approve(link=self.get_object(), by=request.user, **form.validated_data)
        return self._shown(pk)

    @extend_schema(
        operation_id="enrolment_links_refuse",
        summary="Refuse what was sent by a link, and delete it",
        request=None,
        responses=serializers.EnrolmentLinkSerializer,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def refuse(self, request: Request, pk: UUID) -> Response:
        refuse(link=self.get_object(), by=request.user)
        return self._shown(pk)

    @extend_schema(
        operation_id="enrolment_links_revoke",
        summary="Revoke a link by which nothing was sent yet",
        request=None,
        responses=serializers.EnrolmentLinkSerializer,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def revoke(self, request: Request, pk: UUID) -> Response:
        revoke_link(link=self.get_object(), by=request.user)
        return self._shown(pk)

    @extend_schema(
        operation_id="enrolment_links_picture",
        summary="A picture that waits for approval",
        parameters=[OpenApiParameter("picture", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={(200, "image/*"): OpenApiTypes.BINARY},
    )
    @action(detail=True, url_path="pictures/(?P<picture>[0-9a-f-]{36})", content_negotiation_class=AnyPicture)
    def picture(self, request: Request, pk: UUID, picture: str) -> HttpResponseBase:
        found = next((each for each in self.get_object().pictures.all() if str(each.pk) == picture), None)
        if found is None:
            raise Http404("no such picture")
        return stream_picture(request._request, found.image)

    def _shown(self, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)


@extend_schema_view(list=extend_schema(summary="List kiosks"), retrieve=extend_schema(summary="Show a kiosk"))
@extend_schema(tags=["enrolment links"])
class KioskViewSet(ReadOnlyModelViewSet[Kiosk]):
    queryset = Kiosk.objects.all()
    serializer_class = serializers.KioskSerializer
    lookup_value_converter = "uuid"
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("people.view_kiosk",)),
        "create": ("people.view_kiosk", "people.add_kiosk"),
        "revoke": ("people.view_kiosk", "people.change_kiosk"),
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses limited callers, as the admin does: whoever comes to a kiosk is somebody new."""
        super().initial(request, *args, **kwargs)
        if person_limits(request.user):
            raise PermissionDenied(
                "Whoever comes to a kiosk is somebody new, and you may see only some groups of people."
            )

    @extend_schema(
        summary="Make a kiosk",
        description="The answer has the address of its page, which nobody can read again. Takes no Idempotency-Key.",
        request=serializers.NewKioskSerializer,
        responses={201: serializers.MadeKioskSerializer},
    )
    def create(self, request: Request) -> Response:
        form = serializers.NewKioskSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        kiosk, secret = make_kiosk(place=form.validated_data["place"], by=request.user)
        shown = {**self.get_serializer_context(), "secret": secret}
        return _unkept(serializers.MadeKioskSerializer(kiosk, context=shown).data)

    @extend_schema(
        operation_id="kiosks_revoke",
        summary="End a kiosk's page",
        description="Links that it has made go on.",
        request=None,
        responses=serializers.KioskSerializer,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def revoke(self, request: Request, pk: UUID) -> Response:
        row = self.get_object()
        revoke_kiosk(kiosk=row, by=request.user)
        row.refresh_from_db()
        return Response(self.get_serializer(row).data)


def _unkept(shown: Any) -> Response:
    """Returns an answer with a secret, which no cache may keep."""
    return Response(shown, status=201, headers={"Cache-Control": "no-store"})
