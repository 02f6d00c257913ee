"""The page of who is here, and the roll call to print or to open on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.records.groups import person_limits
from streams.presence.form import WORDS, PresenceForm
from streams.presence.listed import Present
from streams.presence.report import WhoIsHere, newest_sightings
from streams.records.groups import camera_limits
from streams.records.sighting import Sighting

PAGE_SIZE = 48
"""People on a page; the others are on the next ones. Each costs 0.5 ms to show."""
MOST_STRANGERS = 24
MOST_CALLED = 2_000
"""People of a roll call: more than that is no list that somebody reads out."""


@dataclass(frozen=True, slots=True)
class PresentEntry:
    """One person or stranger, and the newest sighting, which may be hidden by now."""

    present: Present
    sighting: Sighting | None


@require_safe
@permission_required(["streams.view_presence", "streams.view_sighting"], raise_exception=True)
def presence_page(request: HttpRequest) -> HttpResponse:
    """Shows who is here; 400 with the form's errors if the query string is invalid."""
    form = PresenceForm(request.GET, request=request)
    if not form.is_valid():
        return render(request, "streams/presence.html", {"form": form}, status=400)
    found = form.presence(timezone.now())
    listed, strangers = found.people.at(form.chosen), found.strangers.at(form.chosen)
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "presence": found,
        "tiles": [(where.value, words, found.people.counts[where]) for where, words in WORDS.items()],
        "chosen": form.cleaned_data["where"],
        "page": page,
        "people": _entries(request.user, found, list(page.object_list), "person"),
        "strangers": _entries(request.user, found, strangers[:MOST_STRANGERS], "stranger"),
        "more_strangers": max(0, len(strangers) - MOST_STRANGERS),
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
    context = {
        "form": form,
        "presence": found,
        "people": _entries(request.user, found, people[:MOST_CALLED], "person"),
        "more": max(0, len(people) - MOST_CALLED),
        "strangers": _entries(request.user, found, strangers[:MOST_STRANGERS], "stranger"),
        "more_strangers": max(0, len(strangers) - MOST_STRANGERS),
        "is_limited": _is_limited(request),
    }
    return render(request, "streams/roll_call.html", context)


def _entries(user: Any, found: WhoIsHere, shown: Sequence[Present], column: str) -> list[PresentEntry]:
    newest = newest_sightings(user, found, shown, column) if shown else {}
    return [PresentEntry(present, newest.get(present.id)) for present in shown]


def _is_limited(request: HttpRequest) -> bool:
    return bool(camera_limits(request.user) or person_limits(request.user))
