"""The pages of auditors: the entries, one entry, a CSV file of them, and unusual use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.base.csv_files import csv_file
from people.errors import TooManyRows
from streams.auditors.access import LIMITED, RIGHT, is_limited
from streams.auditors.csv_export import audit_csv
from streams.auditors.filters import AuditPageFilter
from streams.auditors.shown import shown
from streams.auditors.unusual import COPIES, PEOPLE, SEARCHES, use_on

PAGE_SIZE = 50


def for_auditors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuses whoever may not read the audit, and chains what waits, so that a page lacks nothing."""

    @wraps(view)
    @require_safe
    @permission_required(RIGHT, raise_exception=True)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_limited(request.user):
            raise PermissionDenied(LIMITED)
        chain_all()
        return view(request, *args, **kwargs)

    return guarded


@for_auditors
def audit(request: HttpRequest) -> HttpResponse:
    """Shows the entries that fit the filter, newest first; 400 with the form's errors if that is invalid."""
    chosen = AuditPageFilter(request.GET, AuditEntry.objects.all(), request=request)
    valid = chosen.form.is_valid()
    rows = chosen.qs if valid else AuditEntry.objects.none()
    before, after = _number(request, "before"), _number(request, "after")
    page, older, newer = _page(rows, before, after)
    context = {"filter": chosen, "rows": shown(page), "older": older, "newer": newer, "others": _others(request)}
    return render(request, "streams/audit.html", context, status=200 if valid else 400)


@for_auditors
def audit_entry(request: HttpRequest, number: int) -> HttpResponse:
    """Shows one entry, with what was before and after, and its hashes."""
    row = get_object_or_404(AuditEntry, number=number)
    return render(request, "streams/audit_entry.html", {"row": shown([row])[0]})


@for_auditors
def audit_file(request: HttpRequest) -> HttpResponseBase:
    """Gives the entries of the page's filter out as a CSV file; 400 if it is invalid, or they are too many."""
    chosen = AuditPageFilter(request.GET, AuditEntry.objects.all(), request=request)
    if not chosen.form.is_valid():
        raise BadRequest("This filter cannot be read.")
    try:
        return csv_file(request, audit_csv(chosen.qs), "audit.csv")
    except TooManyRows as error:
        raise BadRequest(str(error)) from None


class UnusualForm(forms.Form):
    day = forms.DateField(
        required=False, label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    searches = forms.IntegerField(required=False, min_value=1, label="Searches from", initial=SEARCHES)
    people = forms.IntegerField(required=False, min_value=1, label="People from", initial=PEOPLE)
    copies = forms.IntegerField(required=False, min_value=1, label="Copies from", initial=COPIES)


@for_auditors
def unusual_use(request: HttpRequest) -> HttpResponse:
    """Shows what each user looked at on one day, and marks what is much."""
    asked = request.GET.copy()
    asked.setdefault("day", str(timezone.localdate()))
    for name, usual in (("searches", SEARCHES), ("people", PEOPLE), ("copies", COPIES)):
        asked.setdefault(name, str(usual))
    form = UnusualForm(asked)
    valid = form.is_valid()
    said = form.cleaned_data
    day = said.get("day") or timezone.localdate()
    limits = (said.get("searches") or SEARCHES, said.get("people") or PEOPLE, said.get("copies") or COPIES)
    lines = use_on(day) if valid and _is_countable(day) else []
    marked = [(line, line.is_unusual(*limits)) for line in lines]
    context = {
        "form": form,
        "day": day,
        "lines": sorted(marked, key=lambda each: not each[1]),
        "earlier": day - timedelta(days=1) if _is_countable(day) else None,
        "later": day + timedelta(days=1) if day < timezone.localdate() else None,
    }
    return render(request, "streams/unusual_use.html", context, status=200 if valid else 400)


def _is_countable(day: date) -> bool:
    """Returns whether the days beside it are in the calendar."""
    return 1970 < day.year < 9000


def _others(request: HttpRequest) -> str:
    """Returns the query string without who did it and without a place in the list: each entry's name is a link."""
    asked = request.GET.copy()
    for name in ("who", "before", "after"):
        asked.pop(name, None)
    return asked.urlencode()


def _number(request: HttpRequest, name: str) -> int | None:
    """Returns the number of an entry in the address; None if there is none. Raises BadRequest."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest("This address names no place in the list.")
    return int(text)


def _page(rows: Any, before: int | None, after: int | None) -> tuple[list[AuditEntry], int | None, int | None]:
    """Returns entries, newest first, and the numbers behind which the older and the newer page begin (None: none)."""
    if after is not None:
        found = list(rows.filter(number__gt=after).order_by("number")[: PAGE_SIZE + 1])
        page, more = found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE
        return page, page[-1].number if page else None, page[0].number if more else None
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[: PAGE_SIZE + 1])
    page, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return page, page[-1].number if more else None, page[0].number if page and before is not None else None
