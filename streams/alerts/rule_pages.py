"""The pages of rules: the list, the form that reads as a sentence with its preview, and switching and deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.audit.noting import note
from streams.alerting.preview import Preview, preview
from streams.alerting.rule_services import delete_rule, save_rule, switch_rule
from streams.alerting.rule_words import sentence
from streams.alerts.rule_forms import RuleForm
from streams.errors import BadRule, RuleWantsTwo
from streams.records.alert_words import PLACEHOLDERS
from streams.records.camera import Camera
from streams.records.rule import Rule
from streams.records.states import AlertOutcome, AlertState

SEE = ("streams.view_rule", "streams.view_alert")


@require_safe
@permission_required(SEE, raise_exception=True)
def rules(request: HttpRequest) -> HttpResponse:
    """Shows the rules as sentences, with how many of their alerts were false; `off=by_itself`: those that ended so."""
    closed = Q(alerts__state=AlertState.CLOSED)
    rows = (
        _visible(request)
        .order_by("name")
        .annotate(
            closed=Count("alerts", filter=closed),
            false=Count("alerts", filter=closed & Q(alerts__outcome=AlertOutcome.FALSE)),
            waiting=Count("alerts", filter=~closed & Q(alerts__isnull=False)),
        )
    )
    only_off = request.GET.get("off") == "by_itself"
    if only_off:
        rows = rows.switched_off_by_itself()
    shown = [{"rule": rule, "sentence": sentence(rule, request.user)} for rule in rows]
    return render(request, "streams/rules.html", {"rules": shown, "only_off": only_off})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, "streams.add_rule"), raise_exception=True)
def new_rule(request: HttpRequest) -> HttpResponse:
    return _edit(request, Rule())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, "streams.change_rule"), raise_exception=True)
def rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    return _edit(request, get_object_or_404(_visible(request), pk=rule_id))


@require_POST
@permission_required((*SEE, "streams.change_rule"), raise_exception=True)
def switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = get_object_or_404(_visible(request), pk=rule_id)
    try:
        switch_rule(rule=row, on=request.POST.get("on") == "1", by=request.user)
        messages.success(request, f"“{row}” is {'on' if row.is_on else 'off'}.")
    except BadRule as error:
        messages.error(request, f"“{row}” stays off. {error}")
    return redirect("rules")


@require_POST
@permission_required((*SEE, "streams.delete_rule"), raise_exception=True)
def remove_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = get_object_or_404(_visible(request), pk=rule_id)
    delete_rule(rule=row, by=request.user)
    messages.success(request, f"“{row}” was deleted. Its alerts stay.")
    return redirect("rules")


def _edit(request: HttpRequest, row: Rule) -> HttpResponse:
    """GET: shows the form. POST: saves it, or with `preview` only says what it would have raised."""
    form = RuleForm(request.POST or None, instance=row, user=request.user)
    shown: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                shown = _previewed(form, request.user)
                note(request, *filter(None, (form.instance.person, *shown.examples)))
            else:
                saved = _save(form, request.user)
                messages.success(request, f"“{saved}” was saved. {sentence(saved, request.user)}")
                return redirect("rules")
        except (BadRule, RuleWantsTwo) as error:
            form.add_error(None, str(error))
    is_refused = request.method == "POST" and bool(form.errors)
    context = {"form": form, "rule": row, "is_new": row._state.adding, "preview": shown, "placeholders": PLACEHOLDERS}
    context["silent"] = Camera.objects.visible_to(request.user).keeping_no_strangers()
    return render(request, "streams/rule.html", context, status=400 if is_refused else 200)


def _save(form: RuleForm, user: Any) -> Rule:
    said = form.cleaned_data
    names = ("cameras", "camera_groups", "channels")
    members = {name: said[name] if name in said else list(getattr(form.instance, name).all()) for name in names}
    return save_rule(rule=form.instance, by=user, **members)


def _previewed(form: RuleForm, user: Any) -> Preview:
    """Saves it, looks back, and takes everything back."""
    is_new = form.instance._state.adding
    with transaction.atomic():
        try:
            return preview(_save(form, user), user)
        finally:
            transaction.set_rollback(True)
            form.instance._state.adding = is_new


def _visible(request: HttpRequest) -> Any:
    rows = Rule.objects.visible_to(request.user).select_related("person", "watchlist")
    return rows.prefetch_related("cameras", "camera_groups", "channels")
