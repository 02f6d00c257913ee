"""What somebody may ask a case of: a filter of sightings, some of them, a person, a stranger, or an analysed video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from people.base.ids import uuid_or_none
from streams.cases.entries import moment
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from streams.sightings.page_filters import SightingFilter
from streams.videos.video import Video, VideoSighting

ORDER = ("first_seen_at", "id")
OWN_NAMES = ("sighting", "stranger", "video")
"""Parameters of the page's address besides those of the filter of sightings."""


@dataclass(frozen=True, slots=True)
class AskedSightings:
    """The sightings that are meant, in the order of time, and what was asked for in words."""

    rows: Any
    words: Sequence[tuple[str, str]]
    video: Video | None = None


class CaseForm(forms.Form):
    title = forms.CharField(max_length=200, label="Title", help_text="What it is about, such as the number of a file.")
    reason = forms.CharField(
        max_length=2_000,
        label="Why, and for whom",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands on the first page, and in the history.",
    )


def asked_by_page(request: HttpRequest, query: QueryDict) -> AskedSightings | None:
    """Returns what the address of the page asks for; None if that is nothing, or cannot be read."""
    if "video" in query:
        return _of_video(request.user, str(query["video"]))
    visible = Sighting.objects.visible_to(request.user)
    words: list[tuple[str, str]] = []
    if "sighting" in query:
        ids = [key for key in map(uuid_or_none, query.getlist("sighting")) if key]
        visible = visible.filter(pk__in=ids)
        words.append(("Sightings", f"{len(ids)} chosen by hand"))
    if "stranger" in query:
        key = uuid_or_none(query["stranger"])
        stranger = Stranger.objects.visible_to(request.user).filter(pk=key).first() if key else None
        if stranger is None:
            return None
        visible = visible.filter(stranger=stranger)
        words.append(("Unknown person", str(stranger)))
    chosen = SightingFilter(_without(query, *OWN_NAMES), visible, request=request)
    if not chosen.form.is_valid():
        return None
    return AskedSightings(chosen.qs.order_by(*ORDER), [*words, *filter_words(chosen)])


def filter_words(chosen: Any) -> list[tuple[str, str]]:
    """Returns a filter that is valid in words: each field that was filled in, with what stands in it."""
    return [
        (str(chosen.form.fields[name].label or name.replace("_", " ").capitalize()), said)
        for name, value in chosen.form.cleaned_data.items()
        if (said := _said(chosen.form.fields[name], value))
    ]


def asked_of_video(user: Any, pk: UUID) -> AskedSightings | None:
    video = Video.objects.visible_to(user).filter(pk=pk).first()
    if video is None or not video.is_done:
        return None
    rows = VideoSighting.objects.visible_to(user).filter(video=video).order_by("first_s", "id")
    return AskedSightings(rows, [("Video", str(video))], video)


def _of_video(user: Any, text: str) -> AskedSightings | None:
    pk = uuid_or_none(text)
    return asked_of_video(user, pk) if pk else None


def _said(field: Any, value: Any) -> str:
    """Says what stands in a field; "" for nothing."""
    values = value if isinstance(value, (list, tuple, QuerySet)) else [value]
    # The choices of a field of rows are all rows: a row says its own name.
    is_of_words = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    labels = {str(key): str(label) for key, label in field.choices} if is_of_words else {}
    return ", ".join(_one(each, labels) for each in values if each not in (None, ""))


def _one(value: Any, labels: Mapping[str, str]) -> str:
    return moment(value) if isinstance(value, datetime) else labels.get(str(value), str(value))


def _without(query: QueryDict, *names: str) -> QueryDict:
    rest = query.copy()
    for name in names:
        rest.pop(name, None)
    return rest
