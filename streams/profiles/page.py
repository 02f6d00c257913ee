"""The page of one person: portrait, where and when, a line of days, pictures, and the latest sightings."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.records.person import Person
from streams.profiles.days import LastDays
from streams.profiles.lists import on_lists
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict

LATEST = 24


@require_safe
@permission_required("people.view_person", raise_exception=True)
def person_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Shows a person; the old address of somebody who was merged leads to the person who was kept."""
    kept = Person.objects.known_as([str(person_id)]).get(str(person_id))
    visible = Person.objects.visible_to(request.user).with_face()
    person = get_object_or_404(visible, pk=kept.pk if kept else person_id)
    if person.pk != person_id:
        return redirect("person", person.pk)
    sightings = Sighting.objects.visible_to(request.user).filter(person=person)
    newest = list(sightings.with_snapshot(request.user).order_by("-last_seen_at", "-id")[:LATEST])
    certain = [row for row in newest if row.verdict == StoredVerdict.MATCH]
    context = {
        "person": person,
        "on_lists": on_lists(person) if request.user.has_perm("people.view_watchlist") else (),
        "last_days": LastDays.of(sightings, timezone.now()),
        "latest": newest,
        "last": next(iter(certain), None),
        "pictured": [row for row in certain if row.snapshot_id],  # type: ignore[attr-defined]
    }
    return render(request, "streams/person.html", context)
