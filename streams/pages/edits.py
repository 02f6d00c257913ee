"""The ledger of identity edits as a page, and its buttons that undo."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people.base.csv_files import csv_file
from people.base.ids import uuid_or_none
from people.errors import PeopleError, TooManyRows
from streams.correcting.csv_export import edits_csv
from streams.correcting.shown import shown
from streams.correcting.undoing import may_undo, undo
from streams.pages.paging import EDITS, page_of
from streams.pages.returning import came_from, path_of, wants_json
from streams.records.identity_edit import IdentityEdit, IdentityEditQuerySet


@require_safe
@permission_required("streams.view_identityedit", raise_exception=True)
def edits(request: HttpRequest) -> HttpResponse:
    """Shows the ledger, newest first; `sighting` or `person` narrow it to one."""
    page = page_of(
        _asked(request), before=request.GET.get("before", ""), after=request.GET.get("after", ""), listed=EDITS
    )
    return render(request, "streams/edits.html", {"page": page, "rows": shown(page.rows, request.user)})


@require_safe
@permission_required("streams.view_identityedit", raise_exception=True)
def edits_file(request: HttpRequest) -> HttpResponseBase:
    """Gives the edits of the page out as a CSV file; 400 if there are too many."""
    try:
        return csv_file(request, edits_csv(_asked(request), request.user), "edits.csv")
    except TooManyRows as error:
        raise BadRequest(str(error)) from None


@require_POST
@permission_required("streams.view_identityedit", raise_exception=True)
def undo_edit(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Undoes an edit and leads back; 403 or 409 with the reason if it cannot be undone."""
    edit = get_object_or_404(_visible(request), pk=edit_id)
    place = came_from(request, reverse("edits"))
    if not may_undo(request.user, edit):
        return _refused(request, "You have no right to undo this: it needs the right that the edit needed.", 403)
    try:
        undone = undo(edit=edit, by=request.user, page=path_of(place))
    except PeopleError as error:
        return _refused(request, str(error), 409)
    (row,) = shown([undone], request.user)
    said = " ".join(filter(None, ["Undone.", row.left]))
    if wants_json(request):
        return JsonResponse({"said": said, "undo": None})
    messages.success(request, said)
    return redirect(place)


def _asked(request: HttpRequest) -> IdentityEditQuerySet:
    """Returns the edits that the address asks for. Raises BadRequest."""
    rows = _visible(request)
    for name, column in (("sighting", "sightings__sighting"), ("person", "person")):
        if text := request.GET.get(name):
            if (key := uuid_or_none(text)) is None:
                raise BadRequest("This address names no sighting and no person.")
            rows = rows.filter(**{column: key})
    return rows


def _visible(request: HttpRequest) -> IdentityEditQuerySet:
    return IdentityEdit.objects.visible_to(request.user).select_related("undoes", "undone_by")


def _refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """Answers with the ledger and the reason above it, or with the reason alone to a script."""
    if wants_json(request):
        return JsonResponse({"error": why}, status=status)
    page = page_of(_visible(request), listed=EDITS)
    context = {"page": page, "rows": shown(page.rows, request.user), "error": why}
    return render(request, "streams/edits.html", context, status=status)
