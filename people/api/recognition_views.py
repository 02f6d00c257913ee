"""The API's recognition of uploaded pictures: who is it, and is it the same person?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.accounts.distances import WHY_NOT, reads_exact_distances
from people.api.recognition_serializers import (
    BIGGEST,
    RecogniseSerializer,
    RecognitionSerializer,
    VerificationSerializer,
    VerifySerializer,
    named_in,
    shown,
    shown_face,
    shown_thresholds,
)
from people.audit.noting import note
from people.errors import Busy, NothingEnrolled
from people.recognising.uploaded import (
    bad_picture,
    compare,
    distance_to_person,
    look,
    pair_thresholds,
    recognise,
    template_of,
    thresholds_for,
)
from people.recognition.gallery.ranking import distance
from people.recognition.reading.probing import Probe
from people.recognition.types import Vector
from people.records.groups import person_limits
from people.rest.permissions import RightsTable

LATER = OpenApiResponse(description="Too many pictures wait: come back after `Retry-After` seconds.")
ROUNDED = (
    "Without the right to read encodings (scope `read_encodings`) distances are rounded up to the next limit: "
    "match, review, or 2 for anybody farther. There is then no margin and no candidate beyond review, and `threshold` "
    "is refused."
)
FORM_BYTES = 100_000
"""Bytes that a form may contain besides its pictures."""


class PictureView(APIView):
    """Takes a form with up to `pictures` files of PHOTO_MAX_BYTES each, from users who may recognise."""

    parser_classes = [MultiPartParser]
    rights: ClassVar[RightsTable] = {"POST": ("people.recognise",)}
    pictures = 1

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        limit = self.pictures * settings.PHOTO_MAX_BYTES + FORM_BYTES
        if int(request.META.get("CONTENT_LENGTH") or "0") > limit:
            raise RequestDataTooBig(f"The upload is larger than {limit / 1_000_000:g} MB.")
        super().initial(request, *args, **kwargs)


def exact_or_refused(request: Request, asked: Mapping[str, Any], limit: str) -> bool:
    """Returns whether the caller reads exact distances. Raises PermissionDenied if not, but `asked` has a `limit`."""
    exact = reads_exact_distances(request.user)
    if limit in asked and not exact:
        raise PermissionDenied(WHY_NOT)
    return exact


class RecogniseView(PictureView):
    @extend_schema(
        tags=["recognition"],
        operation_id="recognise",
        summary="Recognise the faces in a picture",
        description="Lists every face with its verdict: match, review or unknown. Nothing is kept. 503 with "
        "`Retry-After` when too many pictures are waiting. " + ROUNDED,
        request={"multipart/form-data": RecogniseSerializer},
        responses={200: RecognitionSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        form = RecogniseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, exact = form.validated_data, exact_or_refused(request, form.validated_data, "threshold")
        found = recognise(
            asked["image"].read(),
            within=person_limits(request.user),
            most=1 if asked["faces"] == BIGGEST else 0,
            count=max(1, asked["candidates"]),
            match=asked.get("threshold"),
            smallest_px=asked.get("smallest_face", 0),
            exact=exact,
        )
        note(request, person=named_in(found, asked["candidates"]))
        return Response(shown(found, asked["candidates"]))


class VerifyView(PictureView):
    pictures = 2

    @extend_schema(
        tags=["recognition"],
        operation_id="verify",
        summary="Compare a face with another one, or with a person",
        description="The biggest face of a picture counts. Two pictures are decided at a wider distance than a "
        "picture and a person, whose photos are averaged. A face that somebody has said is not this person, or nearly "
        "so, is unknown at the distance 2. " + ROUNDED,
        request={"multipart/form-data": VerifySerializer},
        responses={200: VerificationSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        form = VerifySerializer(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        asked, exact = form.validated_data, exact_or_refused(request, form.validated_data, "threshold")
        probe, vector, engine = _biggest(asked["image"].read())
        other_face = None
        if "person" in asked:
            thresholds = thresholds_for(engine, match=asked.get("threshold"))
            other = template_of(asked["person"], engine)
            if other is None:
                raise NothingEnrolled
            note(request, asked["person"])
            apart = distance_to_person(vector, other, asked["person"].pk, engine)
        else:
            thresholds = pair_thresholds(engine, match=asked.get("threshold"))
            other_probe, other, other_engine = _biggest(asked["other"].read())
            if other_engine != engine:  # somebody switched the engine between the two pictures
                raise Busy
            other_face, apart = shown_face(other_probe.face), distance(vector, other)
        told, verdict = compare(apart, thresholds, exact=exact)
        return Response(
            {
                "verdict": verdict.value,
                "distance": round(told, 4),
                "thresholds": shown_thresholds(thresholds),
                "face": shown_face(probe.face),
                "other_face": other_face,
            }
        )


def _biggest(data: bytes) -> tuple[Probe, Vector, str]:
    """Returns the biggest face, its encoding and the engine. Raises BadPicture "no_face"."""
    probes, engine = look(data, most=1)
    if not probes.found or (vector := probes.found[0].vector) is None:
        raise bad_picture("no_face")
    return probes.found[0], vector, engine
