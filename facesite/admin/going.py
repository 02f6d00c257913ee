"""The box “Go to”: finds pages of the admin, cameras and people by their names, as far as the user may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from facesite.admin.menu import menu
from people.records.person import Person
from streams.pages.returning import wants_json
from streams.records.camera import Camera

MOST_FOUND = 8
"""Of each kind: as many as are read at a glance. Whoever seeks among more asks the list."""
MOST_ASKED = 100
"""Characters."""


@dataclass(frozen=True, slots=True)
class Destination:
    name: str
    kind: str
    """What it is: "page", "camera" or "person"."""
    url: str


@require_safe
def go_to(request: HttpRequest) -> HttpResponse:
    """Answers `q` with what is called so: as a page, or as JSON to the script of the box."""
    asked = " ".join(request.GET.get("q", "").split())[:MOST_ASKED]
    found = destinations(request, asked) if asked else []
    if wants_json(request):
        shown = [{"name": each.name, "kind": each.kind, "url": each.url} for each in found]
        return JsonResponse({"found": shown}, headers={"Cache-Control": "no-store"})
    context = {**admin.site.each_context(request), "title": "Go to", "asked": asked, "found": found}
    return TemplateResponse(request, "admin/go_to.html", context)


def destinations(request: HttpRequest, asked: str) -> list[Destination]:
    """Returns what has every word of `asked` in its name, in two queries; pages first."""
    return [*_pages(request, asked), *_cameras(request.user, asked), *_people(request.user, asked)]


def _pages(request: HttpRequest, asked: str) -> list[Destination]:
    jobs = menu(admin.site.get_app_list(request), request.user)
    found = ((link.name, f"{job.name} {link.name}", link.url) for job in jobs for link in job.links)
    words = asked.casefold().split()
    return [
        Destination(name, "page", url)
        for name, called, url in found
        if all(word in called.casefold() for word in words)
    ][:MOST_FOUND]


def _cameras(user: Any, asked: str) -> list[Destination]:
    rows = Camera.objects.visible_to(user).order_by("name")
    for word in asked.split():
        rows = rows.filter(name__icontains=word)
    return [Destination(name, "camera", _change("streams_camera", pk)) for pk, name in _first(rows)]


def _people(user: Any, asked: str) -> list[Destination]:
    rows = Person.objects.visible_to(user).filter(search_name__has_words=asked).order_by("name", "pk")
    return [Destination(name, "person", _change("people_person", pk)) for pk, name in _first(rows)]


def _first(rows: Any) -> list[tuple[object, str]]:
    return list(rows.values_list("pk", "name")[:MOST_FOUND])


def _change(model: str, pk: object) -> str:
    return reverse(f"admin:{model}_change", args=[pk])
