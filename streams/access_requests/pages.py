"""The pages of access requests: asking for an answer, following it, and fetching it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.audit.noting import note
from people.base.part_by_part import part_by_part, pieces_of
from people.errors import PeopleError
from people.records.person import Person
from streams.access_requests.access_request import RIGHT, AccessRequest
from streams.access_requests.services import (
    ask_for_everything,
    check_downloadable,
    delete_access_request,
    log_fetched,
)
from streams.errors import SeesOnlySome, Withdrawn
from streams.jobs.job_row import is_limited

PAGE_SIZE = 50
may_see = permission_required("streams.view_accessrequest", raise_exception=True)
may_answer = permission_required((RIGHT, "streams.view_accessrequest", "people.view_person"), raise_exception=True)


class AccessRequestForm(forms.Form):
    request = forms.CharField(
        max_length=1_000,
        label="When and how they asked",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="And how it was made sure that it was them: whoever gets this file knows everything about them.",
    )


@require_safe
@may_see
def access_requests(request: HttpRequest) -> HttpResponse:
    """Shows all access requests, newest first."""
    _check(request)
    rows = AccessRequest.objects.visible_to(request.user).select_related("person")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    note(request, *page.object_list)
    return render(request, "streams/access_requests.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_answer
def new_access_request(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """GET: asks how they asked. POST: queues the answer."""
    _check(request)
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    form = AccessRequestForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_valid():
        try:
            site = request.build_absolute_uri("/").rstrip("/")
            row = ask_for_everything(person=person, request=form.cleaned_data["request"], site=site, by=request.user)
            return redirect("access_request", row.pk)
        except PeopleError as error:
            refusal = str(error)
    context = {"person": person, "form": form, "refusal": refusal}
    return render(request, "streams/access_request_new.html", context, status=400 if request.method == "POST" else 200)


@require_safe
@may_see
def access_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Shows one; until it has ended the page loads itself again every few seconds."""
    return render(request, "streams/access_request.html", {"row": _row(request, request_id)})


@require_safe
@may_answer
def fetch_access_request(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Gives the ZIP out, and writes down who has fetched it."""
    row = _row(request, request_id)
    try:
        return zip_of(request, row)
    except Withdrawn as error:
        raise Http404(str(error)) from None


def zip_of(request: HttpRequest, row: AccessRequest) -> HttpResponseBase:
    """Returns the ZIP as a download, and writes down who has fetched it. Raises Withdrawn and Http404."""
    check_downloadable(row)
    try:
        file = row.file.open("rb")
    except FileNotFoundError:
        raise Http404("the stored file is gone") from None
    if request.method != "HEAD":
        log_fetched(row, by=request.user)
    headers = {"Cache-Control": "no-store", "Content-Length": str(row.size_bytes)}
    headers["Content-Disposition"] = f'attachment; filename="access-request-{str(row.pk)[:8]}.zip"'
    answer = StreamingHttpResponse(
        part_by_part(request, pieces_of(file)), content_type="application/zip", headers=headers
    )
    answer._resource_closers.append(file.close)  # type: ignore[attr-defined] # a reader may go away before the first piece
    return answer


@require_POST
@may_answer
def remove_access_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    delete_access_request(row=_row(request, request_id), by=request.user)
    messages.success(request, "The access request was deleted, with its file.")
    return redirect("access_requests")


def _row(request: Any, request_id: UUID) -> AccessRequest:
    _check(request)
    rows = AccessRequest.objects.visible_to(request.user).select_related("person")
    found: AccessRequest = get_object_or_404(rows, pk=request_id)
    note(request, found)
    return found


def _check(request: Any) -> None:
    if is_limited(request.user):
        raise PermissionDenied(str(SeesOnlySome()))
