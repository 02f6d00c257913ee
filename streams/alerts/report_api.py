"""The API's report on alerts, as JSON and as a CSV file."""

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

from people.base.csv_files import log_csv
from people.gallery.calibration_history import CalibrationSpan
from people.rest.filter_backend import only_these
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from streams.alerts.report import AlertReport, AlertReportLine, alert_report
from streams.alerts.report_csv import report_csv
from streams.attendance.form import DaysForm
from streams.attendance.report import LONGEST_DAYS

PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day in the site's time zone; if left out, `to`."),
    OpenApiParameter(
        "to", OpenApiTypes.DATE, description=f"Last day, included; if left out, today. At most {LONGEST_DAYS} days."
    ),
]


class AlertCountsSerializer(serializers.Serializer[Any]):
    """How many alerts, and what they turned out to be."""

    alerts = serializers.IntegerField()
    true = serializers.IntegerField()
    false = serializers.IntegerField()
    unsure = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Not closed yet.")
    false_rate = serializers.FloatField(
        allow_null=True, help_text="False alarms among the closed ones, 0 to 1; null if none was closed."
    )


class AlertReportLineSerializer(serializers.Serializer[AlertReportLine]):
    """The alerts of one list, rule or camera."""

    by = serializers.ChoiceField(["list", "rule", "camera"])
    name = serializers.CharField(help_text="As it is called now; of what was deleted since, as it was called.")
    counts = AlertCountsSerializer()


class CalibrationSpanSerializer(serializers.Serializer[CalibrationSpan]):
    """How the site recognised for some time."""

    engine = serializers.CharField()
    accuracy = serializers.CharField(help_text="What was measured of the engine.")
    since = serializers.DateTimeField(
        allow_null=True, help_text="When it was put into force; null: from the beginning."
    )
    until = serializers.DateTimeField(allow_null=True, help_text="Null: it is in force now.")
    match = serializers.FloatField(source="thresholds.match", help_text="Distance up to which a face got a name.")
    review = serializers.FloatField(source="thresholds.review", help_text="Distance up to which somebody was asked.")
    margin = serializers.FloatField(source="thresholds.margin")
    wanted_rate = serializers.FloatField(
        allow_null=True, help_text="The chance of a false name for a stranger that was asked for, 0 to 1."
    )
    reason = serializers.CharField(help_text="Why; empty for the measured default.")


class AlertReportSerializer(serializers.Serializer[AlertReport]):
    """What became of the alerts of a period."""

    first = serializers.DateField()
    last = serializers.DateField()
    total = AlertCountsSerializer()
    lines = AlertReportLineSerializer(many=True)
    calibrations = CalibrationSpanSerializer(
        many=True, allow_null=True, help_text="Null if you may not see thresholds."
    )
    time_zone = serializers.SerializerMethodField(help_text="Of the days: the site's.")

    def get_time_zone(self, report: AlertReport) -> str:
        return timezone.get_default_timezone_name()


class AlertReportView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_alert",)}

    @extend_schema(
        tags=["reports"],
        operation_id="alert_report",
        summary="What became of the alerts of a period",
        description="By watchlist, rule and camera, as far as you may see them; with the engine and the thresholds in "
        "force then.",
        parameters=PARAMETERS,
        responses=AlertReportSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(AlertReportSerializer(_asked(request)).data)


class AlertReportCsvView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_alert",)}
    content_negotiation_class = AnyPicture

    @extend_schema(
        tags=["reports"],
        operation_id="alert_report_csv",
        summary="What became of the alerts of a period, as a CSV file",
        parameters=PARAMETERS,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        text = report_csv(_asked(request))
        log_csv(request._request, "alert-report.csv")
        headers = {"Content-Disposition": 'attachment; filename="alert-report.csv"', "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: Request) -> AlertReport:
    only_these(request, dict.fromkeys(("from", "to")), paging=frozenset())
    form = DaysForm(request.query_params)
    if not form.is_valid():
        raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return alert_report(form.cleaned_data["from"], form.cleaned_data["to"], request.user)
