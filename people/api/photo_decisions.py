"""The API's decisions on photos that were read: which face, whose photo, and whether to enrol it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.viewsets import GenericViewSet

from people.api.photo_serializers import ChooseFaceSerializer, MovePhotoSerializer
from people.editing import photo_decisions
from people.records.holding import hold
from people.records.photo import Photo
from people.rest.permissions import RightsTable, model_rights

if TYPE_CHECKING:
    Base = GenericViewSet[Photo]
else:  # a mixin at run time
    Base = object


class PhotoDecisions(Base):
    # Mixin for the viewset of photos. A docstring would appear in the public API reference.

    rights: ClassVar[RightsTable] = model_rights(
        "people.photo",
        "csv",
        "image",
        "crop",
        "links",
        **dict.fromkeys(("choose_face", "retry", "confirm", "reject"), "people.change_photo"),
        move=photo_decisions.RIGHTS_TO_MOVE,
    )

    @extend_schema(
        operation_id="photos_choose_face", summary="Choose the person among several faces", request=ChooseFaceSerializer
    )
    @action(detail=True, methods=["post"], url_path="choose-face", parser_classes=api_settings.DEFAULT_PARSER_CLASSES)
    @transaction.atomic
    def choose_face(self, request: Request, pk: str) -> Response:
        photo = self.get_object()
        form = ChooseFaceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        photo_decisions.choose_face(photo=photo, index=form.validated_data["face"], by=request.user)
        return self._shown(photo)

    @extend_schema(operation_id="photos_retry", summary="Read a photo again", request=None)
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def retry(self, request: Request, pk: str) -> Response:
        photo = self.get_object()
        photo_decisions.retry_photo(photo=photo, by=request.user)
        return self._shown(photo)

    @extend_schema(
        operation_id="photos_confirm",
        summary="Enrol a photo that was held for review: it is the same person",
        description="No comparison holds it again, nor those that the person has enrolled now.",
        request=None,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def confirm(self, request: Request, pk: str) -> Response:
        photo = self.get_object()
        photo_decisions.confirm_photo(photo=photo, by=request.user)
        return self._shown(photo)

    @extend_schema(
        operation_id="photos_move",
        summary="Move a photo to the person whom it shows",
        description="For a photo that may show somebody else. One that is held as `looks_like_other` moves to the "
        "person in `reason.detail.person` alone; others move to anybody whom you may see. "
        "The photo is read again as that person's. The same call again gets the same answer.",
        request=MovePhotoSerializer,
    )
    @action(detail=True, methods=["post"], parser_classes=api_settings.DEFAULT_PARSER_CLASSES)
    @transaction.atomic
    def move(self, request: Request, pk: str) -> Response:
        form = MovePhotoSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        to = form.validated_data["person"]
        hold([to.pk])  # people are always locked before photos
        photo = self.get_object()
        photo_decisions.move_photo(photo=photo, to=to, by=request.user)
        return self._shown(photo)

    @extend_schema(
        operation_id="photos_reject", summary="Refuse a photo that was held, or withdraw an enrolled one", request=None
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def reject(self, request: Request, pk: str) -> Response:
        photo = self.get_object()
        photo_decisions.reject_photo(photo=photo, by=request.user)
        return self._shown(photo)

    def _shown(self, photo: Photo) -> Response:
        return Response(self.get_serializer(photo).data)
