"""The page of who is here, and the roll call to print or to open on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.records.groups import person_limits
from streams.presence.form import WORDS, PresenceForm
from streams.presence.listed import Present
from streams.presence.report import newest_sightings
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
        "people": _entries(people, newest),
        "strangers": _entries(strangers, newest),
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
        "people": _entries(called, newest),
        "more": max(0, len(people) - MOST_CALLED),
        "strangers": _entries(unknown, newest),
        "more_strangers": max(0, len(strangers) - MOST_STRANGERS),
        "is_limited": _is_limited(request),
    }
    return render(request, "streams/roll_call.html", context)


def _entries(shown: Iterable[Present], newest: Mapping[UUID, Sighting]) -> list[PresentEntry]:
    return [PresentEntry(present, newest.get(present.id)) for present in shown]


def _is_limited(request: HttpRequest) -> bool:
    return bool(camera_limits(request.user) or person_limits(request.user))
