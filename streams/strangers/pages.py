"""The inbox of strangers, and the page of one of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from people.audit.noting import note
from people.base.csv_files import csv_file
from people.errors import TooManyRows
from people.gallery.engines import usable_engine
from people.recognition.engine.kinds import offered
from people.records.keeping_term import KeptKind, days_kept
from streams.correcting.shown import shown
from streams.pages.paging import page_of
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerQuerySet
from streams.strangers.cards import StrangerCard, cards_of, with_cards
from streams.strangers.csv_export import strangers_csv
from streams.strangers.filters import InboxFilter
from streams.strangers.pictures import MOST_PICTURES
from streams.strangers.timeline import timeline_of

PAGE_SIZE = 24
EDITS_SHOWN = 5
CHOICES = 12
"""Pictures to choose from for a new person's photos."""
ORDERS = {"newest": ("-last_seen_at", "-id"), "most_seen": ("-sightings", "-last_seen_at", "-id")}


@require_safe
@permission_required("streams.view_stranger", raise_exception=True)
def inbox(request: HttpRequest) -> HttpResponse:
    """Shows a card for each stranger, by the query string; 400 with the form's errors if that is invalid."""
    chosen = _chosen(request)
    valid = chosen.form.is_valid()
    rows = _in_order(chosen) if valid else Stranger.objects.none()
    number = _page_number(request)
    found = list(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    context = {
        "filter": chosen,
        "cards": cards_of(found[:PAGE_SIZE], request.user),
        "previous": number - 1,
        "next": number + 1 if len(found) > PAGE_SIZE else None,
        "keep_days": days_kept(KeptKind.ENCODINGS),
    }
    return render(request, "streams/strangers.html", context, status=200 if valid else 400)


@require_safe
@permission_required("streams.view_stranger", raise_exception=True)
def strangers_file(request: HttpRequest) -> HttpResponseBase:
    """Gives the strangers of the inbox's filter out as a CSV file; 400 if that is invalid or they are too many."""
    chosen = _chosen(request)
    if not chosen.form.is_valid():
        return inbox(request)
    try:
        return csv_file(request, strangers_csv(_in_order(chosen), request.user), "strangers.csv")
    except TooManyRows as error:
        raise BadRequest(str(error)) from None


def _chosen(request: HttpRequest) -> InboxFilter:
    asked = request.GET.copy()
    asked.setdefault("state", StrangerState.OPEN.value)
    asked.setdefault("order", "newest")
    return InboxFilter(asked, Stranger.objects.visible_to(request.user), request=request)


def _in_order(chosen: InboxFilter) -> StrangerQuerySet:
    order = ORDERS[chosen.form.cleaned_data.get("order") or "newest"]
    rows: StrangerQuerySet = with_cards(chosen.qs).order_by(*order)
    return rows


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # Python refuses one of 5,000 digits
    return min(max(1, int(text)), 100_000) if is_number else 1


@require_safe
@permission_required("streams.view_stranger", raise_exception=True)
def stranger(request: HttpRequest, number: int) -> HttpResponse:
    """Shows one stranger: when they were seen, and what can be done."""
    row = get_object_or_404(Stranger.objects.visible_to(request.user), number=number)
    if row.into_id and row.into and row.into.number:
        return redirect("stranger", row.into.number)
    return page_of_stranger(request, row)


def page_of_stranger(request: HttpRequest, row: Stranger, status: int = 200, **more: Any) -> HttpResponse:
    """Renders the page of a stranger; `more` is for the template, such as a form that was refused."""
    visible = with_cards(Stranger.objects.visible_to(request.user))
    note(request, row)
    (card,) = cards_of([get_object_or_404(visible, pk=row.pk)], request.user)
    rows = Sighting.objects.visible_to(request.user).filter(stranger=row)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    edits = IdentityEdit.objects.visible_to(request.user).filter(stranger=row.pk).select_related("undoes", "undone_by")
    context = {
        "card": card,
        "stranger": card.stranger,
        "page": page_of(rows.with_snapshot(request.user), before=before, after=after),
        "timeline": timeline_of(rows),
        "pictures": _pictures(row, request.user),
        "most_pictures": MOST_PICTURES,
        "offered": _offered(card, request.user),
        "edits": shown(list(edits[:EDITS_SHOWN]), request.user),
        "other_engine": _other_engine(row),
        "keep_days": days_kept(KeptKind.ENCODINGS),
        **more,
    }
    return render(request, "streams/stranger.html", context, status=status)


def _pictures(row: Stranger, user: Any) -> list[Detection]:
    """Returns the best picture of each of the newest sightings, best first: photos of several days teach most."""
    newest = Sighting.objects.within_limits_of(user).filter(stranger=row).order_by("-first_seen_at")
    ids = list(newest.values_list("pk", flat=True)[: 4 * CHOICES])
    shown_rows = Detection.objects.within_limits_of(user).exclude(snapshot="").filter(sighting__in=ids)
    best = shown_rows.order_by("sighting_id", "-quality", "id").distinct("sighting_id")
    return sorted(best, key=lambda each: -each.quality)[:CHOICES]


def _offered(card: StrangerCard, user: Any) -> StrangerCard | None:
    """Returns the card of whom the stranger probably is, if the reader may see that one."""
    other = card.resembled
    if other is None or not card.is_open:
        return None
    found = cards_of(with_cards(Stranger.objects.visible_to(user)).filter(pk=other.pk), user)
    return found[0] if found else None


def _other_engine(row: Stranger) -> str:
    """Returns the name of the engine that knows the stranger, if the site uses another one by now; else ""."""
    encoding = getattr(row, "encoding", None)
    if encoding is None or encoding.engine == usable_engine():
        return ""
    kind = offered(encoding.engine)
    return kind.name if kind else "an earlier release"
