"""The page that searches past sightings by a photo, or by the face of another sighting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from people.accounts.distances import reads_exact_distances
from people.base.csv_files import csv_file
from people.base.site_time import file_time
from people.errors import Busy, PeopleError, WrongState
from people.recognition.types import Box
from people.records.keeping_term import KeptKind, days_kept
from streams.records.sighting import Sighting
from streams.searching.csv_export import search_csv
from streams.searching.noting import note_found
from streams.searching.search import (
    FURTHEST,
    MOST_NEAR,
    FoundOrder,
    Search,
    Wanted,
    search,
    wanted_in_picture,
    wanted_in_sighting,
)
from streams.sightings.page_filters import SightingFilter

RIGHTS = ("streams.search_sightings", "streams.view_sighting")
SHOWN = 48


class SearchForm(forms.Form):
    """The wanted face and the distance; SightingFilter has the sightings to search."""

    image = forms.FileField(
        required=False, label="Picture with the face", widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    sighting = forms.ModelChoiceField(Sighting.objects.none(), required=False, widget=forms.HiddenInput)
    box = forms.RegexField(r"^-?\d{1,6}(,-?\d{1,6}){3}$", required=False)
    within = forms.FloatField(
        required=False,
        min_value=0.01,
        max_value=FURTHEST,
        label="Up to distance",
        widget=forms.NumberInput(attrs={"step": "0.01", "placeholder": "as for a review"}),
    )

    order = forms.ChoiceField(choices=FoundOrder.choices, required=False, label="Order")
    exact = forms.BooleanField(required=False, label="Compare with every sighting, which takes longer")
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_NEAR // SHOWN)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Sighting.objects.visible_to(user).with_snapshot(user)
        self.fields["sighting"].queryset = visible  # type: ignore[attr-defined]
        if not reads_exact_distances(user):
            del self.fields["within"]

    def clean(self) -> dict[str, Any]:
        image, sighting = self.cleaned_data.get("image"), self.cleaned_data.get("sighting")
        if not self.errors and not image and not sighting:
            raise ValidationError("Choose a picture first.")
        if image and image.size > settings.PHOTO_MAX_BYTES:
            limit_mb = settings.PHOTO_MAX_BYTES / 1_000_000
            raise ValidationError("The picture is larger than %(limit)g MB.", params={"limit": limit_mb})
        return self.cleaned_data

    def wanted(self) -> Wanted:
        """Returns the wanted face, from the picture if there is one, else from the sighting. Raises PeopleError."""
        asked = self.cleaned_data
        if not asked["image"]:
            return wanted_in_sighting(asked["sighting"])
        box = Box(*map(int, asked["box"].split(","))) if asked["box"] else None
        return wanted_in_picture(asked["image"].read(), box)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(RIGHTS, raise_exception=True)
def search_sightings(request: HttpRequest) -> HttpResponseBase:
    """GET: shows the form. POST: shows the sightings found, or a sentence that says why not (400, 409, 503)."""
    return _page(request)


@require_POST
@permission_required(RIGHTS, raise_exception=True)
def search_file(request: HttpRequest) -> HttpResponseBase:
    """Gives out as a CSV file what the form finds, on all of its pages; shows the page with the reason if it cannot."""
    return _page(request, as_file=True)


def _page(request: HttpRequest, *, as_file: bool = False) -> HttpResponseBase:
    posted = request.POST if request.method == "POST" else None
    visible = Sighting.objects.visible_to(request.user)
    chosen = SightingFilter(posted, visible, request=request, without=("name",))  # the face says who is wanted
    form = SearchForm(posted, request.FILES if posted is not None else None, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "filter": chosen,
        "furthest": FURTHEST,
        "is_exact": "within" in form.fields,
        "keep_days": days_kept(KeptKind.ENCODINGS),
    }
    status = 200
    if posted is not None:
        if form.is_valid() and chosen.form.is_valid():
            try:
                if as_file:
                    found = _search(request, form, chosen, most=MOST_NEAR)
                    return csv_file(request, search_csv(found), "found.csv")
                context |= {"search": _search(request, form, chosen), "page": form.cleaned_data["page"] or 1}
            except PeopleError as refusal:
                context["refusal"], status = str(refusal), _status(refusal)
        else:
            status = 400
        context["sighting"] = form.cleaned_data.get("sighting")
    return render(request, "streams/search.html", context, status=status)


def _search(request: HttpRequest, form: SearchForm, chosen: SightingFilter, most: int = SHOWN) -> Search:
    """Searches for one page of SHOWN sightings, or for the first `most`."""
    written = {name: _written(value) for name, value in chosen.form.cleaned_data.items() if value}
    found = search(
        form.wanted(),
        among=chosen.qs,
        filters=written,
        within=form.cleaned_data.get("within"),
        most=most,
        skip=SHOWN * ((form.cleaned_data["page"] or 1) - 1) if most == SHOWN else 0,
        order=form.cleaned_data["order"] or FoundOrder.LIKENESS,
        exact=form.cleaned_data["exact"],
        by=request.user,
    )
    note_found(request, found)
    return found


def _written(value: Any) -> str:
    """Returns the value of a filter for the log: one, or several with commas."""
    if isinstance(value, datetime):
        return file_time(value)
    return str(value) if isinstance(value, str) or not isinstance(value, Iterable) else ", ".join(map(str, value))


def _status(refusal: PeopleError) -> int:
    match refusal:
        case Busy():
            return 503
        case WrongState():
            return 409
    return 400
