"""The pages of watchlists and proposals. Every button is a form that works without JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.audit.noting import note
from people.editing.proposing import confirm, refuse_proposal, withdraw_proposal
from people.editing.reviving import revive_entry
from people.errors import PeopleError
from people.records.person import Person
from people.records.proposal import ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from streams.pages.returning import came_from
from streams.records.rule import Rule
from streams.watching.entries import entries_of, people_on
from streams.watching.forms import ProposalForm
from streams.watching.proposal_cards import proposal_cards, proposals_for

SEE = ("people.view_proposal", "people.view_watchlist")
PROPOSE = (*SEE, "people.add_proposal")
DECIDE = (*SEE, "people.decide_proposal")
PAGE_SIZE = 24
MOST_FOUND = 20
"""Of people whose name has what was typed: more than that are not read through."""
ACTIONS = {
    "confirm": (DECIDE, confirm, "Confirmed, and done."),
    "refuse": (DECIDE, refuse_proposal, "Refused."),
    "withdraw": (PROPOSE, withdraw_proposal, "Withdrawn."),
}


@require_safe
@permission_required(SEE, raise_exception=True)
def proposals(request: HttpRequest) -> HttpResponse:
    """Shows what waits for a second person, or with `which=past` what became of the others."""
    past = request.GET.get("which") == "past"
    rows = proposals_for(request.user)
    page = Paginator(rows.past() if past else rows.open(), PAGE_SIZE).get_page(request.GET.get("page"))
    cards = proposal_cards(list(page), request.user)
    note(request, *(card.person for card in cards if card.person))
    context = {"cards": cards, "page": page, "past": past}
    return render(request, "streams/proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PROPOSE, raise_exception=True)
def new_proposal(request: HttpRequest) -> HttpResponse:
    """GET: the form about what the address names; `name` finds people. POST: proposes it."""
    form = ProposalForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            form.propose()
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Proposed. Another user has seven days to decide.")
            return redirect("proposals")
    status = 400 if request.method == "POST" else 200
    return render(request, "streams/proposal_new.html", _about(request, form), status=status)


@require_POST
def decide_proposal(request: HttpRequest, proposal_id: UUID, what: str) -> HttpResponse:
    """Confirms, refuses or withdraws; a refusal is said on the page."""
    rights, act, done = ACTIONS[what]
    return permission_required(rights, raise_exception=True)(_act)(request, proposal_id, act, done)


@require_safe
@permission_required(("people.view_watchlist", "people.view_person"), raise_exception=True)
def watchlist(request: HttpRequest, list_id: int) -> HttpResponse:
    """Shows who is on a list, whoever raises no alerts any more first."""
    row = get_object_or_404(Watchlist, pk=list_id)
    page = Paginator(people_on(row, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = entries_of(row, list(page), request.user)
    note(request, *(entry.person for entry in entries))
    context = {"watchlist": row, "entries": entries, "page": page}
    return render(request, "streams/watchlist.html", context)


@require_POST
@permission_required(("people.view_watchlist", "people.change_watchlist"), raise_exception=True)
def revive(request: HttpRequest, list_id: int, person_id: UUID) -> HttpResponse:
    """Lets an entry raise alerts again, for the reason given."""
    held = Suspension.objects.within_limits_of(request.user).holding().select_related("watchlist", "person")
    suspension = get_object_or_404(held.filter(watchlist=list_id, person=person_id).order_by("pk")[:1])
    try:
        revive_entry(suspension=suspension, why=request.POST.get("why", ""), by=request.user)
        messages.success(request, f"{suspension.person} raises alerts by “{suspension.watchlist}” again.")
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect("watchlist", list_id)


def _act(request: HttpRequest, proposal_id: UUID, act: Any, done: str) -> HttpResponse:
    proposal = get_object_or_404(proposals_for(request.user), pk=proposal_id)
    more = {} if act is withdraw_proposal else {"why": request.POST.get("why", "")}
    try:
        act(proposal=proposal, by=request.user, **more)
        messages.success(request, done)
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect(came_from(request, "proposals"))


def _about(request: HttpRequest, form: ProposalForm) -> dict[str, Any]:
    """Returns what the page says of the proposal: the rows that it names, as far as the user may see them."""
    kind = form["kind"].value() or ProposalKind.ENTRY
    chosen = {name: _chosen(form, name) for name in ("watchlist", "person", "rule")}
    name = " ".join(request.GET.get("name", "").split())[:200]
    found = _found(chosen["watchlist"], name, request.user) if name and kind == ProposalKind.ENTRY else []
    note(request, *found, *filter(None, chosen.values()))
    return {
        "form": form,
        "kind": kind,
        "name": name,
        "lists": form.fields["watchlist"].queryset,  # type: ignore[attr-defined]
        "found": found,
        **chosen,
    }


def _chosen(form: ProposalForm, name: str) -> Watchlist | Person | Rule | None:
    value = form[name].value()
    try:
        return form.fields[name].clean(value) if value else None
    except ValidationError:
        return None


def _found(on: Any, name: str, user: Any) -> list[Person]:
    people = Person.objects.visible_to(user).active().filter(search_name__has_words=name).with_face()
    if on is not None:
        people = people.exclude(watchlists=on)
    return list(people.order_by("name", "pk")[:MOST_FOUND])
