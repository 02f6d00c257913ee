"""The admin pages that say of a person that nobody may ever recognise them, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from people.admin.pages import ExtraPages
from people.editing.never_matching import allow_matching, never_match
from people.records.person import Person


class NeverMatchPages(ExtraPages):
    """Mixin for the admin of people."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/never-match/", self.never_match_page, "never_match"),
            ("<uuid:pk>/allow-matching/", self.allow_matching_view, "allow_matching"),
            *super().extra_pages(),
        ]

    def has_never_match_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return request.user.has_perm("people.forbid_matching")

    def never_match_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """GET: asks. POST: deletes every encoding of the person and forbids new ones."""
        person: Person = self.row(request, pk, right="never_match")
        if request.method != "POST":
            return self.page(
                request, "admin/people/never_match.html", person=person, title=f"Never recognise {person}?"
            )
        with self.refusals_shown(request, done=f"Nobody recognises {person} any more, and every encoding is deleted."):
            never_match(person=person, by=request.user)
        return redirect("admin:people_person_change", pk)

    @method_decorator(require_POST)
    def allow_matching_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        person: Person = self.row(request, pk, right="never_match")
        with self.refusals_shown(request, done=f"{person} may be recognised again. The photos are being read."):
            allow_matching(person=person, by=request.user)
        return redirect("admin:people_person_change", pk)
