"""The page of who is here, and the roll call to print or to open on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.records.groups import person_limits
from streams.presence.form import WORDS, PresenceForm
from streams.presence.listed import Present
from streams.presence.report import newest_sightings
from streams.records.groups import camera_limits
from streams.records.sighting import Sighting

PAGE_SIZE = 48
"""People on a page; the others are on the next ones. Each costs 0.3 ms to show."""
MOST_STRANGERS = 12
MOST_CALLED = 2_000
"""People of a roll call: more than that is no list that somebody reads out."""


@dataclass(frozen=True, slots=True)
class PresentEntry:
    """One person or stranger, and the newest sighting, which may be hidden by now."""

    present: Present
    sighting: Sighting | None
    url: str
    """The page of the person or stranger; "" if there is none, or the reader may not see people."""


@require_safe
@permission_required(["streams.view_presence", "streams.view_sighting"], raise_exception=True)
def presence_page(request: HttpRequest) -> HttpResponse:
    """Shows who is here; 400 with the form's errors if the query string is invalid."""
    form = PresenceForm(request.GET, request=request)
    if not form.is_valid():
        return render(request, "streams/presence.html", {"form": form}, status=400)
    found = form.presence(timezone.now())
    listed, every_stranger = found.people.at(form.chosen), found.strangers.at(form.chosen)
    strangers = every_stranger[:MOST_STRANGERS]
    listed.read(PAGE_SIZE)
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    people = list(page.object_list)
    newest = newest_sightings(request.user, found, people, strangers)
    context = {
        "form": form,
        "presence": found,
        "tiles": [(where.value, words, found.people.counts[where]) for where, words in WORDS.items()],
        "chosen": form.cleaned_data["where"],
        "page": page,
        "people": _people(request.user, people, newest),
        "strangers": _strangers(strangers, newest),
        "more_strangers": max(0, len(every_stranger) - MOST_STRANGERS),
        "has_strangers": found.strangers.total > 0,
        "is_limited": _is_limited(request),
    }
    return render(request, "streams/presence.html", context)


@require_safe
@permission_required(["streams.view_presence", "streams.view_sighting"], raise_exception=True)
def roll_call(request: HttpRequest) -> HttpResponse:
    """Lists whoever is in view or here, by name, with boxes to tick."""
    form = PresenceForm(request.GET, request=request)
    if not form.is_valid():
        return render(request, "streams/presence.html", {"form": form}, status=400)
    found = form.presence(timezone.now())
    people, strangers = found.inside, found.strangers_inside
    called, unknown = people[:MOST_CALLED], strangers[:MOST_STRANGERS]
    newest = newest_sightings(request.user, found, called, unknown)
    context = {
        "form": form,
        "presence": found,
        "people": _people(request.user, called, newest),
        "more": max(0, len(people) - MOST_CALLED),
        "strangers": _strangers(unknown, newest),
        "more_strangers": max(0, len(strangers) - MOST_STRANGERS),
        "is_limited": _is_limited(request),
    }
    return render(request, "streams/roll_call.html", context)


def _people(user: Any, shown: Iterable[Present], newest: Mapping[UUID, Sighting]) -> list[PresentEntry]:
    sees_people = user.has_perm("people.view_person")
    return [
        PresentEntry(each, newest.get(each.id), reverse("person", args=[each.id]) if sees_people else "")
        for each in shown
    ]


def _strangers(shown: Iterable[Present], newest: Mapping[UUID, Sighting]) -> list[PresentEntry]:
    return [PresentEntry(each, sighting := newest.get(each.id), _page_of(sighting)) for each in shown]


def _page_of(sighting: Sighting | None) -> str:
    stranger = sighting.stranger if sighting else None
    return reverse("stranger", args=[stranger.number]) if stranger and stranger.number else ""


def _is_limited(request: HttpRequest) -> bool:
    return bool(camera_limits(request.user) or person_limits(request.user))
