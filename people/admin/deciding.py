"""The admin page on which users decide whose a held photo is, beside the faces that speak for and against it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from people.accounts.distances import reads_exact_distances
from people.admin.cards import Card
from people.admin.pages import ExtraPages
from people.editing import photo_decisions, services
from people.editing.photo_decisions import RIGHTS_TO_MOVE
from people.errors import WrongState
from people.records import reasons
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo

RIGHT_TO_ADD = "people.add_person"


class MoveForm(forms.Form):
    """To whom a photo moves: somebody enrolled, or somebody new."""

    person = forms.ModelChoiceField(Person.objects.none(), required=False, label="Somebody enrolled")
    new_person = forms.CharField(required=False, max_length=200, label="Or somebody new", help_text="The name.")

    def __init__(self, *args: Any, people: PersonQuerySet, may_add: bool) -> None:
        super().__init__(*args)
        person: Any = self.fields["person"]
        person.queryset = people
        person.widget = AutocompleteSelect(Photo._meta.get_field("person"), admin.site, choices=person.choices)
        if not may_add:
            del self.fields["new_person"]


class DecidePage(ExtraPages):
    """The photo admin's page `review`, whose POST takes the decisions of cards and lists, too."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [("<uuid:pk>/review/", self.review_page, "review"), *super().extra_pages()]

    def review_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """GET: shows the held face beside others. POST: `decision` is confirm, refuse, or move (to whom?)."""
        photo: Photo = self.row(request, pk, right="change")
        if request.method == "POST":
            return self._decide(request, photo)
        people = Person.objects.within_limits_of(request.user).with_face()
        resembled = photo.reason_detail.get("person")
        other = people.filter(pk=resembled).first()
        card = Card.of(photo, request.user)
        form = MoveForm(people=people, may_add=request.user.has_perm(RIGHT_TO_ADD))
        return self.page(
            request,
            "admin/people/review_photo.html",
            photo=photo,
            card=card,
            form=form,
            media=self.media + form.media,
            problem=reasons.problem(photo.reason, photo.reason_detail),
            advice=reasons.advice(photo.reason, photo.reason_detail),
            person=people.get(pk=photo.person_id),
            beside=_beside(photo),
            other=other,
            other_is_hidden=other is None and Person.objects.filter(pk=resembled).exists(),
            distance=photo.reason_detail.get("distance") if reads_exact_distances(request.user) else None,
            title="Who is this?",
        )

    def _decide(self, request: HttpRequest, photo: Photo) -> HttpResponseBase:
        decision = request.POST.get("decision")
        if decision == "move":
            return self._move(request, photo)
        if decision == "confirm":
            with self.refusals_shown(request, done=f"Enrolled as a photo of {photo.person}."):
                photo_decisions.confirm_photo(photo=photo, by=request.user)
        else:
            done = "The photo was removed from the gallery: it recognises nobody. “Read again” undoes this."
            with self.refusals_shown(request, done=done):
                photo_decisions.reject_photo(photo=photo, by=request.user)
        return back(request, photo)

    def _move(self, request: HttpRequest, photo: Photo) -> HttpResponseBase:
        if not request.user.has_perms(RIGHTS_TO_MOVE):
            raise PermissionDenied
        name = request.POST.get("new_person", "").strip()
        if name and not request.user.has_perm(RIGHT_TO_ADD):
            raise PermissionDenied
        with self.refusals_shown(request), transaction.atomic():
            to = services.add_person(name=name[:200], by=request.user) if name else _chosen(request, photo)
            photo_decisions.move_photo(photo=photo, to=to, by=request.user)
            self.message_user(request, f"Moved to {to}, and it is being read again.")
        return back(request, photo)


def back(request: HttpRequest, photo: Photo) -> HttpResponseBase:
    """Leads back to the list or import from which the user decided, or else to the photo's person."""
    came_from = request.POST.get("back", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return redirect(came_from)
    return redirect(reverse("admin:people_person_change", args=[photo.person_id]) + "#photos")


def _chosen(request: HttpRequest, photo: Photo) -> Person:
    """Returns the person who was shown or chosen; since then the photo may resemble somebody else."""
    wanted = request.POST.get("person") or request.GET.get("person")
    people = Person.objects.within_limits_of(request.user)
    with suppress(ValueError):
        if wanted and (person := people.filter(pk=UUID(wanted)).first()):
            return person
    if photo.reason == "looks_like_other":
        raise WrongState("This photo is not held because it resembles that person.")
    raise WrongState("Choose the person to move it to.")


def _beside(photo: Photo) -> Photo | None:
    """Returns the one other photo that it is unlike, if that is why it is held."""
    key = photo.reason_detail.get("photo") if photo.reason == "unlike_only_other" else None
    return Photo.objects.filter(pk=key, person=photo.person_id).first() if key else None
