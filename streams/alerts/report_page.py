"""The page of the report on alerts, which can be printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from streams.alerts.report import alert_report
from streams.attendance.form import DaysForm

USUAL = timedelta(days=29)
"""Before today: thirty days in all."""
HEADINGS = (("list", "By watchlist", "Watchlist"), ("rule", "By rule", "Rule"), ("camera", "By camera", "Camera"))


@require_safe
@permission_required("streams.view_alert", raise_exception=True)
def report(request: HttpRequest) -> HttpResponse:
    """Shows the last thirty days, or those that are asked for; 400 with the form's errors if they are none."""
    today = timezone.localdate()
    asked: Any = request.GET or {"from": (today - USUAL).isoformat(), "to": today.isoformat()}
    form = DaysForm(asked)
    context: dict[str, Any] = {"form": form, "zone": timezone.get_default_timezone_name()}
    if not form.is_valid():
        return render(request, "streams/alert_report.html", context, status=400)
    first, last = form.cleaned_data["from"], form.cleaned_data["to"]
    found = alert_report(first, last, request.user)
    tables = [(title, column, found.by(what)) for what, title, column in HEADINGS]
    context |= {"report": found, "tables": tables, "asked": f"from={first.isoformat()}&to={last.isoformat()}"}
    return render(request, "streams/alert_report.html", context)
