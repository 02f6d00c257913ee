"""Filters of alerts, for the page and the API: how far they are worked off, how grave, by which rule and camera."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest

from streams.records.alert import Alert, AlertQuerySet
from streams.records.rule import Rule, RuleQuerySet
from streams.records.states import AlertOutcome, AlertState, Severity
from streams.sightings.filters import MomentFilter, cameras_for

WHICH = (("open", "Open"), ("closed", "Closed"), ("all", "All"))


def rules_for(request: HttpRequest | None) -> RuleQuerySet:
    """The rules that whoever asks may see; none without a request, as when the API is described."""
    return Rule.objects.visible_to(request.user) if request else Rule.objects.none()


class AlertPageFilter(django_filters.FilterSet):
    which = django_filters.ChoiceFilter(
        choices=WHICH, label="Which", empty_label=None, null_label=None, method="in_which", required=False
    )
    severity = django_filters.ChoiceFilter(choices=Severity.choices, label="How grave", empty_label="All")
    rule = django_filters.ModelChoiceFilter(queryset=rules_for, label="Rule", empty_label="All")
    camera = django_filters.ModelChoiceFilter(
        queryset=cameras_for, to_field_name="slug", label="Camera", empty_label="All"
    )
    outcome = django_filters.ChoiceFilter(choices=AlertOutcome.choices, label="Turned out", empty_label="All")

    class Meta:
        model = Alert
        fields: list[str] = []

    def in_which(self, rows: AlertQuerySet, name: str, value: str) -> Any:
        if value == "all":
            return rows
        return rows.filter(state=AlertState.CLOSED) if value == "closed" else rows.open()


class AlertApiFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=AlertState.choices, distinct=False, help_text="Repeat for several. By default all."
    )
    severity = django_filters.MultipleChoiceFilter(choices=Severity.choices, distinct=False)
    outcome = django_filters.MultipleChoiceFilter(choices=AlertOutcome.choices, distinct=False)
    rule = django_filters.ModelChoiceFilter(queryset=rules_for, help_text="A rule's id.")
    camera = django_filters.ModelChoiceFilter(queryset=cameras_for, to_field_name="slug", help_text="A camera's slug.")
    person = django_filters.UUIDFilter(field_name="person", help_text="A person's id.")
    raised_after = MomentFilter(field_name="raised_at", lookup_expr="gte")
    raised_before = MomentFilter(field_name="raised_at", lookup_expr="lt")

    class Meta:
        model = Alert
        fields: list[str] = []
