"""The form for the days, people and cameras of an attendance report, used by the API and the page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from people.api.filters import watchlists_for
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.attendance.report import LONGEST_DAYS, Attendance
from streams.records.camera import Camera
from streams.records.sighting import Sighting, SightingQuerySet
from streams.sightings.filters import cameras_for

EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)


class DaysForm(forms.Form):
    """Chooses days of the site's time zone.

    Without `to` the last day is today, or `from` if that is later. Without `from` the first day is the last day.
    """

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        days = {name: _day(label) for name, label in (("from", "From day"), ("to", "To day"))}
        self.fields = days | self.fields  # `from` is a keyword and cannot be an attribute

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if "from" in asked and "to" in asked:
            asked["to"] = asked["to"] or max(asked["from"] or date.min, timezone.localdate())
            asked["from"] = asked["from"] or asked["to"]
            if asked["from"] > asked["to"]:
                raise ValidationError("The first day is after the last.", code="wrong_order")
            if (asked["to"] - asked["from"]).days >= LONGEST_DAYS:
                raise ValidationError("This is more than %(days)s days.", "too_long", {"days": LONGEST_DAYS})
        return asked


class AttendanceForm(DaysForm):
    """Chooses days, people and cameras."""

    name = forms.CharField(required=False, max_length=200, label="Name")
    person = forms.ModelChoiceField(Person.objects.none(), required=False, widget=forms.HiddenInput)
    camera = forms.ModelChoiceField(
        Camera.objects.none(), required=False, to_field_name="slug", label="Camera", empty_label="All"
    )
    watchlist = forms.ModelChoiceField(Watchlist.objects.none(), required=False, label="Watchlist", empty_label="All")

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.fields["person"].queryset = Person.objects.within_limits_of(request.user)  # type: ignore[attr-defined]
        self.fields["camera"].queryset = cameras_for(request)  # type: ignore[attr-defined]
        self.fields["watchlist"].queryset = watchlists_for(request)  # type: ignore[attr-defined]

    def attendance(self, sightings: SightingQuerySet) -> Attendance:
        """Returns the report on `sightings`. The form must be valid."""
        asked = self.cleaned_data
        fields = {
            "person__search_name__has_words": asked["name"],
            "person": asked["person"],
            "camera": asked["camera"],
            "person__watchlists": asked["watchlist"],
        }
        wanted = {field: value for field, value in fields.items() if value}
        return Attendance(sightings.filter(**wanted), asked["from"], asked["to"])


def visible_to(request: HttpRequest) -> SightingQuerySet:
    return Sighting.objects.visible_to(request.user)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget, input_formats=["%Y-%m-%d"], validators=[_known])


def _known(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValidationError("No camera can have seen anybody on this day.")
