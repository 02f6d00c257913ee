"""The pages of cases: the list, asking for one, following it, fetching it, and the keys that sign them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.base.part_by_part import part_by_part, pieces_of
from people.base.signing_key import SigningKey
from people.errors import PeopleError
from streams.cases.asking import AskedSightings, CaseForm, asked_by_page
from streams.cases.case import RIGHTS, Case
from streams.cases.handing_over import check_may_have, log_fetched, why_not
from streams.cases.services import MOST_SIGHTINGS, ask_for_case, delete_case
from streams.errors import Withdrawn

PAGE_SIZE = 50
may_see = permission_required("streams.view_case", raise_exception=True)
may_export = permission_required(RIGHTS, raise_exception=True)


@require_safe
@may_see
def cases(request: HttpRequest) -> HttpResponse:
    """Shows the cases that the user may see, newest first."""
    rows = Case.objects.visible_to(request.user).unasked()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "streams/cases.html", {"page": page, "zone": timezone.get_default_timezone_name()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_export
def new_case(request: HttpRequest) -> HttpResponse:
    """GET: shows what would be handed over, and asks for title and reason. POST: queues it.

    What is meant stands in the address: the filter of the sightings page, or one of asking.OWN_NAMES.
    """
    asked = asked_by_page(request, request.GET)
    if asked is None:
        raise Http404("no such sightings")
    form = CaseForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_valid():
        try:
            return redirect("case", _ask(request, asked, form).pk)
        except PeopleError as error:
            refusal = str(error)
    number = asked.rows.count()
    context = {"form": form, "asked": asked, "number": number, "most": MOST_SIGHTINGS, "refusal": refusal,
               "too_many": number > MOST_SIGHTINGS}  # fmt: skip
    return render(request, "streams/case_new.html", context, status=400 if request.method == "POST" else 200)


def _ask(request: HttpRequest, asked: AskedSightings, form: CaseForm) -> Case:
    said: dict[str, Any] = form.cleaned_data
    return ask_for_case(
        title=said["title"],
        reason=said["reason"],
        rows=asked.rows,
        asked=asked.words,
        video=asked.video,
        site=request.build_absolute_uri("/").rstrip("/"),
        by=request.user,
    )


@require_safe
@may_see
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Shows one case; until it has ended the page loads itself again every few seconds."""
    shown = _case(request, case_id)
    context = {
        "case": shown,
        "why_not": why_not(shown, request.user) if shown.is_ended else "",
        "keys_at": request.build_absolute_uri("/cases/keys/"),
        "zone": timezone.get_default_timezone_name(),
    }
    return render(request, "streams/case.html", context)


@require_safe
@may_export
def fetch_case(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Gives the ZIP out, to whoever may see all that it shows by now; 403 with the reason to others."""
    shown = _case(request, case_id)
    try:
        return zip_of(request, shown)
    except Withdrawn as error:
        raise PermissionDenied(str(error)) from None


def zip_of(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Returns the ZIP as a download, and writes down who has fetched it. Raises Withdrawn and Http404."""
    check_may_have(case, request.user)
    try:
        file = case.file.open("rb")
    except FileNotFoundError:
        raise Http404("the stored file is gone") from None
    if request.method != "HEAD":
        log_fetched(case, by=request.user)
    headers = {"Cache-Control": "no-store", "Content-Length": str(case.size_bytes)}
    headers["Content-Disposition"] = f'attachment; filename="case-{str(case.pk)[:8]}.zip"'
    sent = part_by_part(request, pieces_of(file))
    answer = StreamingHttpResponse(sent, content_type="application/zip", headers=headers)
    answer._resource_closers.append(file.close)  # type: ignore[attr-defined] # a reader may go away before the first piece
    return answer


@require_POST
@may_export
def remove_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    shown = _case(request, case_id)
    delete_case(case=shown, by=request.user)
    messages.success(request, f"“{shown}” was deleted.")
    return redirect("cases")


@require_safe
@login_not_required  # whoever was handed a case compares the key in it with this list
def case_keys(request: HttpRequest) -> HttpResponse:
    """Publishes the public keys that have signed cases of this site, newest first."""
    keys = [
        {"fingerprint": key.fingerprint, "made_at": key.made_at.isoformat(timespec="seconds"), "public_key": key.pem}
        for key in SigningKey.objects.all()
    ]
    return JsonResponse({"algorithm": "Ed25519", "keys": keys}, headers={"Cache-Control": "no-store"})


def _case(request: HttpRequest, case_id: UUID) -> Case:
    found: Case = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    return found
