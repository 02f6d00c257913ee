"""The page that says who was seen on which day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.rest.pagination import MAX_OFFSET
from streams.attendance.form import AttendanceForm, visible_to

PAGE_SIZE = 100


@require_safe
@permission_required("streams.view_sighting", raise_exception=True)
def attendance(request: HttpRequest) -> HttpResponse:
    """Shows people by day, today by default; 400 with the form's errors if the query is invalid."""
    form = AttendanceForm(request.GET, request=request)
    offset = _offset(request.GET.get("offset", "0"))
    context: dict[str, Any] = {"form": form, "zone": timezone.get_default_timezone_name()}
    if not form.is_valid():
        return render(request, "streams/attendance.html", context, status=400)
    found = form.attendance(visible_to(request))
    number = found.count()
    context |= {
        "first": form.cleaned_data["from"],
        "last": form.cleaned_data["to"],
        "person": form.cleaned_data["person"],
        "number": number,
        "rows": found[offset : offset + PAGE_SIZE],
        "before": max(0, offset - PAGE_SIZE) if offset else None,
        "after": offset + PAGE_SIZE if offset + PAGE_SIZE < number else None,
    }
    return render(request, "streams/attendance.html", context)


def _offset(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= MAX_OFFSET:
        return int(text)
    raise BadRequest("This address names no page of the report.")
