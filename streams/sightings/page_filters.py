"""Filters of the sightings page: by camera, person, verdict, watchlist and day."""

from __future__ import annotations

from datetime import date, datetime, time

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from people.api.filters import watchlists_for
from people.records.person import Person
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import StoredVerdict
from streams.sightings.filters import cameras_for


def _people(request: HttpRequest) -> QuerySet[Person]:
    return Person.objects.within_limits_of(request.user)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SightingFilter(django_filters.FilterSet):
    camera = django_filters.ModelChoiceFilter(
        queryset=cameras_for, to_field_name="slug", label="Camera", empty_label="All"
    )
    verdict = django_filters.ChoiceFilter(choices=StoredVerdict.choices, label="Outcome", empty_label="All")
    look_closer = django_filters.BooleanFilter(
        label="Held pictures", widget=forms.Select(choices=(("", "All"), ("true", "Look closer")))
    )
    name = django_filters.CharFilter("person__search_name", "has_words", label="Name", max_length=200)
    person = django_filters.ModelChoiceFilter(queryset=_people, widget=forms.HiddenInput)
    """Exactly one person, because two may have the same name; links from other pages set it."""
    watchlist = django_filters.ModelChoiceFilter(
        "person__watchlists", queryset=watchlists_for, label="Watchlist", empty_label="All"
    )
    since = django_filters.DateFilter(method="seen_since", widget=_day(), label="From day")
    until = django_filters.DateFilter(method="seen_until", widget=_day(), label="To day")

    class Meta:
        model = Sighting
        fields: list[str] = []

    def seen_since(self, rows: SightingQuerySet, name: str, day: date) -> SightingQuerySet:
        """Returns sightings that were not over before `day` began, in the site's time zone."""
        return rows.filter(last_seen_at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def seen_until(self, rows: SightingQuerySet, name: str, day: date) -> SightingQuerySet:
        """Returns sightings that began before `day` ended."""
        return rows.filter(first_seen_at__lte=timezone.make_aware(datetime.combine(day, time.max)))
