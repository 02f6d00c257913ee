"""The pages of alerts: the list with the open ones first, one alert, and the buttons that work it off.

Every button is a form that works without JavaScript. A script that sends one gets the outcome as JSON.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people.audit.noting import note
from people.errors import PeopleError
from streams.alerting.working_off import RIGHTS, acknowledge, add_note, close, false_alarms
from streams.alerts.cards import cards_of, with_words
from streams.alerts.filters import AlertPageFilter
from streams.pages.returning import came_from, wants_json
from streams.records.alert import Alert
from streams.records.states import AlertOutcome, AlertState

PAGE_SIZE = 24


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(choices=AlertOutcome.choices)
    seen = forms.ChoiceField(choices=AlertState.choices, required=False)
    """The state in which the page showed it."""
    note = forms.CharField(max_length=2000, required=False)


class NoteForm(forms.Form):
    text = forms.CharField(max_length=2000)


@require_safe
@permission_required("streams.view_alert", raise_exception=True)
def alerts(request: HttpRequest) -> HttpResponse:
    """Shows alerts, newest first, the open ones unless the query string says otherwise; 400 if that is invalid."""
    asked = request.GET.copy()
    asked.setdefault("which", "open")
    chosen = AlertPageFilter(asked, Alert.objects.visible_to(request.user), request=request)
    valid = chosen.form.is_valid()
    number = _page_number(request)
    rows = with_words(chosen.qs if valid else Alert.objects.none())
    found = list(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    context = {
        "filter": chosen,
        "cards": cards_of(found[:PAGE_SIZE], request.user),
        "previous": number - 1,
        "next": number + 1 if len(found) > PAGE_SIZE else None,
        "may_work_off": request.user.has_perms(RIGHTS),
    }
    return render(request, "streams/alerts.html", context, status=200 if valid else 400)


@require_safe
@permission_required("streams.view_alert", raise_exception=True)
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Shows one alert: what was said then, what holds now, and who has done what."""
    row = get_object_or_404(_visible(request), pk=alert_id)
    note(request, row)
    return _page(request, row)


@require_POST
@permission_required(RIGHTS, raise_exception=True)
def work_off(request: HttpRequest, alert_id: UUID, what: str) -> HttpResponse:
    """Acknowledges or closes an alert, or writes a note; 409 with who was first, 400 for a form that says nothing."""
    row = get_object_or_404(_visible(request), pk=alert_id)
    try:
        said = _do(request, row, what)
    except PeopleError as error:
        return _refused(request, row, str(error), 409)
    if said is None:
        return _refused(request, row, "Say what it turned out to be, or write a note.", 400)
    if wants_json(request):
        return JsonResponse({"said": said, "state": Alert.objects.get(pk=row.pk).state})
    messages.success(request, said)
    return redirect(came_from(request, reverse("alert", args=[row.pk])))


def _do(request: HttpRequest, row: Alert, what: str) -> str | None:
    """Does it and returns what to say, or None if the form is not one. Raises PeopleError."""
    if what == "acknowledge":
        acknowledge(alert=row, by=request.user)
        return "You look after it."
    if what == "note":
        note = NoteForm(request.POST)
        if note.is_valid():
            add_note(alert=row, text=note.cleaned_data["text"], by=request.user)
        return "Noted." if note.is_valid() else None
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return None
    said: dict[str, Any] = form.cleaned_data
    closed = close(alert=row, outcome=said["outcome"], seen=said["seen"], note=said["note"], by=request.user)
    if closed.state == AlertState.SECOND:
        return "Noted. Its rule asks for two people: it waits for another one."
    return f"Closed: {closed.get_outcome_display()}."


def _page(request: HttpRequest, row: Alert, error: str = "", status: int = 200) -> HttpResponse:
    (card,) = cards_of([row], request.user)
    context = {
        "card": card,
        "alert": row,
        "notes": row.notes.all(),
        "error": error,
        "counts": _counts(row, request.user),
        "may_work_off": request.user.has_perms(RIGHTS),
    }
    return render(request, "streams/alert.html", context, status=status)


def _counts(row: Alert, user: Any) -> list[tuple[str, int, int]]:
    """Returns (what, false alarms, all that were closed) of its rule, person and camera, as far as `user` may see."""
    of = (
        ("this rule", "rule", row.rule_id),
        (row.whom, "person", row.person_id),
        (row.camera_name, "camera", row.camera_id),
    )
    found = ((what, *false_alarms(user, **{column: key})) for what, column, key in of if key)
    return [(what, false, closed) for what, false, closed in found if closed]


def _visible(request: HttpRequest) -> Any:
    return with_words(Alert.objects.visible_to(request.user))


def _refused(request: HttpRequest, row: Alert, why: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": why}, status=status)
    return _page(request, get_object_or_404(_visible(request), pk=row.pk), why, status)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # Python refuses one of 5,000 digits
    return min(max(1, int(text)), 10_000) if is_number else 1
