"""The page that asks who a sighting is, and the buttons that say who it is, who it is not, or that it is no face.

Every button is a form that works without JavaScript. A script that sends one gets the outcome as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from people.errors import PeopleError, WrongState
from people.records.person import Person
from streams.correcting.corrections import Correction, correct
from streams.correcting.ledger import UNCHANGED, Unchanged
from streams.pages.returning import came_from, path_of, wants_json
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind, StoredVerdict

RIGHTS = ("streams.view_sighting", "streams.correct_sighting")
MOST_OFFERED = 12
"""People who are offered without a search."""
LATELY = 50
"""Sightings by the camera among whose people some are offered."""
MOST_FOUND = 24


class CorrectionForm(forms.Form):
    """What a button says: exactly one of is, is_not and no_face."""

    is_not = forms.UUIDField(required=False)
    no_face = forms.BooleanField(required=False)
    edit = forms.RegexField(r"^(none|\d{1,18})$", required=False)
    """The newest edit that the page showed, or "none"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is"] = forms.UUIDField(required=False)

    def says(self) -> Correction | None:
        """Returns the correction, or None if the form is not one."""
        if not self.is_valid():
            return None
        kinds = {"is": EditKind.IS, "is_not": EditKind.IS_NOT, "no_face": EditKind.NO_FACE}
        said = {kind: self.cleaned_data[name] for name, kind in kinds.items() if self.cleaned_data[name]}
        if len(said) != 1:
            return None
        ((kind, whom),) = said.items()
        return Correction(kind, None if kind == EditKind.NO_FACE else whom)

    def seen(self) -> int | Unchanged | None:
        text = self.cleaned_data["edit"]
        return UNCHANGED if not text else None if text == "none" else int(text)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(RIGHTS, raise_exception=True)
def correct_sighting(request: HttpRequest, sighting_id: UUID) -> HttpResponse:
    """GET: asks who a sighting is. POST: writes what a button says, or says why not (400, 409)."""
    rows = Sighting.objects.visible_to(request.user).with_snapshot(request.user)
    sighting = get_object_or_404(rows, pk=sighting_id)
    if request.method != "POST":
        return _ask(request, sighting)
    form = CorrectionForm(request.POST)
    says = form.says()
    if says is None:
        return _ask(request, sighting, "Say who it is, who it is not, or that it is no face.", 400)
    place = came_from(request, reverse("sighting", args=[sighting.pk]))
    try:
        edit = correct(sighting=sighting.pk, says=says, by=request.user, page=path_of(place), seen=form.seen())
    except PeopleError as error:
        return _ask(request, sighting, str(error), 409 if isinstance(error, WrongState) else 400)
    return _done(request, edit, sighting, place)


def _ask(request: HttpRequest, sighting: Sighting, error: str = "", status: int = 200) -> HttpResponse:
    if error and wants_json(request):
        return JsonResponse({"error": error}, status=status)
    context = {
        "sighting": sighting,
        "error": error,
        "asked": request.GET.get("name", ""),
        "people": _people(request, sighting),
        "next": came_from(request, reverse("sighting", args=[sighting.pk])),
    }
    return render(request, "streams/correct.html", context, status=status)


def _people(request: HttpRequest, sighting: Sighting) -> list[Person]:
    """Returns the people to choose from: those of the name that was asked for, or those who are likely."""
    return people_offered(request, [pk for pk in _likely(request, sighting) if pk != sighting.person_id])


def people_offered(request: HttpRequest, likely: Sequence[UUID]) -> list[Person]:
    """Returns active people of the name that was asked for, or those of `likely`, in its order."""
    people = Person.objects.visible_to(request.user).nameable()
    if name := request.GET.get("name", "").strip()[:200]:
        return list(people.filter(search_name__has_words=name).with_face()[:MOST_FOUND])
    found = people.filter(pk__in=likely).with_face()
    return sorted(found, key=lambda person: likely.index(person.pk))


def _likely(request: HttpRequest, sighting: Sighting) -> list[UUID]:
    """Returns the ids of those whom its looks resemble, nearest first, and of the last whom its camera named."""
    looks = Detection.objects.visible_to(request.user).filter(sighting=sighting, person__isnull=False)
    named = Sighting.objects.visible_to(request.user).for_camera(sighting.camera_id)
    lately = named.filter(verdict=StoredVerdict.MATCH).order_by("-first_seen_at")
    ids = [*looks.order_by("distance").values_list("person", flat=True)]
    ids += lately.values_list("person", flat=True)[:LATELY]
    return [pk for pk in dict.fromkeys(ids) if pk][:MOST_OFFERED]


def _done(request: HttpRequest, edit: IdentityEdit | None, before: Sighting, place: str) -> HttpResponse:
    said = outcome(edit, before)
    is_gone = edit is not None and "discarded" in edit.detail
    undo = reverse("undo_edit", args=[edit.pk]) if edit and not is_gone else None
    if is_gone and place.startswith(reverse("sighting", args=[before.pk])):
        place = reverse("sightings")
    if wants_json(request):
        return JsonResponse({"said": said, "undo": undo})
    messages.success(request, said, extra_tags=f"undo-{edit.pk}" if undo and edit else "")
    return redirect(place)


def outcome(edit: IdentityEdit | None, before: Any) -> str:
    """Says what holds now, and what it means for the next time."""
    if edit is None:
        return "Somebody has said so already."
    person = Person.objects.get(pk=edit.person) if edit.person else None
    words = {
        EditKind.IS: f"This is {person} now.",
        EditKind.CONFIRM: f"This is {person}: confirmed.",
        EditKind.IS_NOT: f"This is not {person}.",
        EditKind.NO_FACE: "This is no face.",
    }[EditKind(edit.kind)]
    return f"{words} {_lesson(edit, before)}".strip()


def _lesson(edit: IdentityEdit, before: Any) -> str:
    if "discarded" in edit.detail:
        return "Its camera discards strangers at once, so nothing of it is kept any more."
    if edit.kind == EditKind.CONFIRM or before.person is None:
        return ""
    if edit.detail["not"]:
        return f"This face will not be taken for {before.person} again."
    return f"Nothing was kept to recognise it by, so it may be taken for {before.person} again."
