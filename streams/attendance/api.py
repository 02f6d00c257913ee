"""The API's attendance report: who was seen on which day, as pages of JSON and as a CSV file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.base.csv_files import MOST_ROWS, log_csv
from people.errors import TooManyRows
from people.rest.filter_backend import PAGING, only_these
from people.rest.negotiation import AnyPicture
from people.rest.pagination import MAX_LIMIT, Pages
from people.rest.permissions import RightsTable
from streams.api.camera_serializers import CameraRefSerializer
from streams.attendance.csv import attendance_csv
from streams.attendance.form import AttendanceForm, visible_to
from streams.attendance.report import LONGEST_DAYS, Attendance, PersonDay

ASKED = ("from", "to", "person", "name", "camera", "watchlist")
PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day in the site's time zone; if left out, `to`."),
    OpenApiParameter(
        "to", OpenApiTypes.DATE, description=f"Last day, included; if left out, today. At most {LONGEST_DAYS} days."
    ),
    OpenApiParameter("person", OpenApiTypes.UUID),
    OpenApiParameter("name", OpenApiTypes.STR, description="Part of a person's name."),
    OpenApiParameter("camera", OpenApiTypes.STR, description="A camera's slug."),
    OpenApiParameter("watchlist", OpenApiTypes.INT, description="People on the watchlist."),
]
PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
    OpenApiParameter("offset", OpenApiTypes.INT),
]


class PersonOfDaySerializer(serializers.Serializer[Any]):
    """A person by id and name."""

    id = serializers.UUIDField(source="person_id")
    name = serializers.CharField()


class PersonDaySerializer(serializers.Serializer[PersonDay]):
    """One person on one day."""

    day = serializers.DateField()
    person = PersonOfDaySerializer(source="*")
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    sightings = serializers.IntegerField(help_text="Sightings that lie at least partly in the day.")
    seconds = serializers.FloatField(help_text="In sight; two cameras that see somebody at once count once.")
    cameras = CameraRefSerializer(many=True)


class AttendanceSerializer(serializers.Serializer[Any]):
    """A page of a report, by day, newest first, and then by name."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    time_zone = serializers.CharField(help_text="Time zone of the days: the site's.")
    results = PersonDaySerializer(many=True)


class AttendanceView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_sighting",)}

    @extend_schema(
        tags=["reports"],
        operation_id="attendance",
        summary="Who was seen on which day",
        description="Counts named sightings (`match`). A sighting over midnight counts in each day by its part.",
        parameters=[*PARAMETERS, *PAGE],
        responses=AttendanceSerializer,
    )
    def get(self, request: Request) -> Response:
        pages = Pages()
        found: Any = _asked(request)  # Attendance slices and counts like a queryset
        rows: Any = pages.paginate_queryset(found, request, view=self)
        answer = pages.get_paginated_response(PersonDaySerializer(rows, many=True).data)
        answer.data["time_zone"] = timezone.get_default_timezone_name()
        return answer


class AttendanceCsvView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_sighting",)}
    content_negotiation_class = AnyPicture

    @extend_schema(
        tags=["reports"],
        operation_id="attendance_csv",
        summary="Who was seen on which day, as a CSV file",
        description=f"Takes the same parameters as the report. At most {MOST_ROWS} lines, else 400. "
        "Times are in the site's time zone.",
        parameters=PARAMETERS,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        try:
            text = attendance_csv(_asked(request))
        except TooManyRows as error:
            raise ValidationError(str(error), code="too_many_rows") from None
        log_csv(request._request, "attendance.csv")
        headers = {"Content-Disposition": 'attachment; filename="attendance.csv"', "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: Request) -> Attendance:
    only_these(request, dict.fromkeys(ASKED), paging=PAGING - {"cursor"})
    form = AttendanceForm(request.query_params, request=request)
    if not form.is_valid():
        raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return form.attendance(visible_to(request))
