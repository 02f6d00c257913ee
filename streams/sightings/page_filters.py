"""Filters of the sightings page: when, where, who, and how sure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from people.api.filters import watchlists_for
from people.records.person import Person
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import StoredVerdict
from streams.sightings.filters import cameras_for
from streams.sightings.looking_back import LookingBack
from streams.sightings.moments import Weekday, moments_of

READ = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
CLOCK = {"inputmode": "numeric", "placeholder": "18:00", "pattern": r"([01]?\d|2[0-3]):[0-5]\d", "maxlength": 5,
         "autocomplete": "off", "title": "A time of day from 00:00 to 23:59"}  # fmt: skip
"""Attributes of an input of a time of day. The browser's own shows 12 hours wherever its language does."""


def _people(request: HttpRequest) -> QuerySet[Person]:
    return Person.objects.within_limits_of(request.user)


class MomentInput(forms.MultiWidget):
    """A day, and beside it a time of that day, which may be left out; sent as `since` and `since_time`."""

    def __init__(self, label: str) -> None:
        day, clock = {"type": "date", "aria-label": f"{label}, day"}, {**CLOCK, "aria-label": f"{label}, time of day"}
        super().__init__({"": forms.DateInput(attrs=day), "time": forms.TextInput(attrs=clock)})

    def decompress(self, value: Any) -> list[str]:
        day, _, clock = str(value or "").replace(" ", "T").partition("T")
        return [day, clock]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Returns both as one text. Links may have the whole moment in `since`."""
        day, clock = (data.get(part) or "" for part in (name, f"{name}_time"))
        return f"{day}T{clock}" if clock and "T" not in day else day


class SiteMoment(forms.DateTimeField):
    """A moment in the site's time, or a day alone, which means its beginning or, with `is_end`, its end."""

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        unclear = {"invalid": "Give a day, and if you like a time of day such as 18:00."}
        super().__init__(input_formats=READ, error_messages=unclear, **kwargs)
        self._is_end = is_end

    def to_python(self, value: Any) -> datetime | None:
        try:
            day = parse_date(value.strip()) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None:
            return self._moment(value)
        return timezone.make_aware(datetime.combine(day, time.max if self._is_end else time.min))

    def _moment(self, value: Any) -> datetime | None:
        """Where clocks change, a time that comes twice, or is skipped, is the first moment; the last with `is_end`."""
        try:
            moment: datetime | None = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or error.params is None:
                raise
            both = moments_of(error.params["datetime"], timezone.get_default_timezone())
            return max(both) if self._is_end else min(both)
        return moment


class SiteMomentFilter(django_filters.Filter):
    field_class = SiteMoment


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs=CLOCK, format="%H:%M")


class SightingFilter(LookingBack):
    since = SiteMomentFilter(method="seen_since", label="From", widget=MomentInput("From"))
    until = SiteMomentFilter(method="seen_until", label="To", is_end=True, widget=MomentInput("To"))
    time_from = django_filters.TimeFilter(method="with_others", widget=_clock(), label="Time of day from")
    time_to = django_filters.TimeFilter(method="with_others", widget=_clock(), label="Time of day to")
    day = django_filters.MultipleChoiceFilter(
        choices=Weekday.choices, method="with_others", widget=forms.CheckboxSelectMultiple, label="Days of the week"
    )
    camera = django_filters.ModelMultipleChoiceFilter(
        method="by_cameras",
        queryset=cameras_for,
        to_field_name="slug",
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label="Cameras",
    )
    verdict = django_filters.MultipleChoiceFilter(
        choices=StoredVerdict.choices, distinct=False, widget=forms.CheckboxSelectMultiple, label="How sure"
    )
    look_closer = django_filters.BooleanFilter(
        label="Held pictures", widget=forms.Select(choices=(("", "All"), ("true", "Look closer")))
    )
    name = django_filters.CharFilter("person__search_name", "has_words", label="Name", max_length=200)
    person = django_filters.ModelChoiceFilter(queryset=_people, widget=forms.HiddenInput)
    """Exactly one person, because two may have the same name; links from other pages set it."""
    watchlist = django_filters.ModelChoiceFilter(
        "person__watchlists", queryset=watchlists_for, label="Watchlist", empty_label="All"
    )

    class Meta:
        model = Sighting
        fields: list[str] = []

    def seen_since(self, rows: SightingQuerySet, name: str, moment: datetime) -> SightingQuerySet:
        return rows.seen_since(moment)

    def seen_until(self, rows: SightingQuerySet, name: str, moment: datetime) -> SightingQuerySet:
        return rows.begun_before(moment)

    def asked_bounds(self) -> tuple[datetime | None, datetime | None]:
        asked = self.form.cleaned_data
        return asked.get("since"), asked.get("until")

    _folded = ("time_from", "time_to", "day", "camera", "watchlist", "look_closer")

    def __init__(self, *args: Any, without: Collection[str] = (), **kwargs: Any) -> None:
        """`without`: fields that a page does not offer."""
        super().__init__(*args, **kwargs)
        self._without = without

    @property
    def usual(self) -> list[forms.BoundField]:
        return [field for field in self._offered() if field.name not in self._folded]

    @property
    def folded(self) -> list[forms.BoundField]:
        """Fields that a page folds away."""
        return [field for field in self._offered() if field.name in self._folded]

    @property
    def has_more(self) -> bool:
        """Whether one of the folded fields is in use, or wrong."""
        return any(field.errors or field.value() for field in self.folded)

    def _offered(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name not in self._without]
