"""What an auditor may ask for: by whom, what was done, to whom or what, and when."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.audit.entry import AuditEntry
from people.audit.times import within
from people.audit.watched import WATCHED
from people.audit.words import Action
from people.base.ids import uuid_or_none
from people.records.person import Person
from streams.records.camera import Camera
from streams.sightings.filters import MomentFilter

READ_KINDS = (
    "alert", "audit", "camera", "case", "correction", "delivery", "detection", "encoding", "history", "person",
    "person group", "photo", "picture", "presence", "search", "sighting", "stranger", "thresholds", "video",
)  # fmt: skip
KINDS = sorted({*READ_KINDS, *(watch.kind for watch in WATCHED.values())}, key=str.lower)
MOST_NAMESAKES = 20
WANTED = "Expected a word and an id, as sighting:3fa85f64-5717-4562-b3fc-2c963f66afa6."
_ABOUT = re.compile(r"[a-z ]{1,40}:[^\s:]{1,80}")


class AuditFilter(django_filters.FilterSet):
    who = django_filters.CharFilter(max_length=200, label="Who", help_text="The name of a user, as it was then.")
    action = django_filters.ChoiceFilter(choices=Action.choices, label="Did what", empty_label="Anything")
    kind = django_filters.ChoiceFilter(
        choices=[(kind, kind) for kind in KINDS], label="To what", empty_label="Anything",
        help_text="The kind of thing, in the words of the pages.",
    )  # fmt: skip

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def about_any(self, rows: QuerySet[AuditEntry], about: list[str]) -> QuerySet[AuditEntry]:
        return rows.filter(about__overlap=about) if about else rows.none()


class AuditPageFilter(AuditFilter):
    person = django_filters.CharFilter(
        max_length=200, label="Person", method="of_person", help_text="The name, or the id."
    )
    about = django_filters.CharFilter(
        max_length=200, label="Sighting, camera …", method="of_thing",
        help_text="An id, a camera's name, or a word with an id, such as photo:3fa8….",
    )  # fmt: skip
    since = django_filters.DateFilter(
        label="From day", method="as_days", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = django_filters.DateFilter(
        label="To day", method="as_days", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def of_person(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Everybody of this name: people of one name are told apart by nobody who looks back."""
        if key := uuid_or_none(value):
            return self.about_any(rows, [f"person:{key}"])
        named = Person.objects.filter(name__iexact=value.strip()).values_list("pk", flat=True)[:MOST_NAMESAKES]
        return self.about_any(rows, [f"person:{key}" for key in named])

    def of_thing(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        value = value.strip()
        if key := uuid_or_none(value):
            kinds = ("sighting", "photo", "detection", "stranger", "alert", "case", "video", "rule", "channel")
            return self.about_any(rows, [f"{kind}:{key}" for kind in kinds])
        if _ABOUT.fullmatch(value):
            return self.about_any(rows, [value])
        named = Camera.objects.filter(Q(name__iexact=value) | Q(slug=value)).values_list("pk", "slug")
        # A list that was narrowed to a camera is about its slug, as the address has it.
        return self.about_any(rows, [f"camera:{key}" for keys in named[:MOST_NAMESAKES] for key in keys])

    def as_days(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        """Changes nothing: both days are asked for together (filter_queryset)."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        since, until = (_begin(asked.get("since")), _begin(asked.get("until"), timedelta(days=1)))
        return within(super().filter_queryset(queryset), since, until)


class AuditApiFilter(AuditFilter):
    person = django_filters.UUIDFilter(method="of_person", help_text="The id of a person whom it is about.")
    about = django_filters.CharFilter(
        max_length=200,
        method="of_thing",
        validators=[RegexValidator(f"^{_ABOUT.pattern}$", WANTED)],
        help_text="What it is about, as `sighting:<id>` or `camera:<number>`.",
    )
    since = MomentFilter(method="as_times", help_text="Done at this time or later.")
    until = MomentFilter(method="as_times", help_text="Done before this time.")

    def of_person(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return self.about_any(rows, [f"person:{value}"])

    def of_thing(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return self.about_any(rows, [value])

    def as_times(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        """Changes nothing: both times are asked for together (filter_queryset)."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        return within(super().filter_queryset(queryset), asked.get("since"), asked.get("until"))


def _begin(day: Any, later: timedelta = timedelta()) -> datetime | None:
    """Returns the begin of a day in the site's time zone; None for none, and for one beyond the calendar."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + later, time.min), timezone.get_default_timezone())
    except (OverflowError, ValueError):
        return None
