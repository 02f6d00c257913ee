"""The pages of erasures: asking for one, following it, and the certificates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from people.base.history import log_changed
from people.errors import PeopleError
from people.records.person import Person
from people.records.site_policy import keeps_nameless_sightings
from streams.erasing.certificate import Certificate
from streams.erasing.document import document_of
from streams.erasing.erasure import Erasure, ErasureCertificate
from streams.erasing.services import check_sees_all, erase_person, what_goes
from streams.errors import SeesOnlySome

PAGE_SIZE = 50
RIGHTS = ("people.view_person", "streams.erase_person", "streams.view_erasure")
"""Of whoever erases: they see whom, and what became of it."""
may_see = permission_required("streams.view_erasure", raise_exception=True)
may_erase = permission_required(RIGHTS, raise_exception=True)


class ErasureForm(forms.Form):
    request = forms.CharField(
        max_length=1_000,
        label="On what request",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as “letter of 3 May, no. 17”. It stands in the certificate: leave the name out.",
    )
    sure = forms.BooleanField(label="I know that nobody can take this back.")


@require_safe
@may_see
def erasures(request: HttpRequest) -> HttpResponse:
    """Shows all erasures, newest first."""
    _check(request)
    page = Paginator(Erasure.objects.visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "streams/erasures.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_erase
def erase(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """GET: shows what would go, and asks. POST: queues the erasure."""
    _check(request)
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_valid():
        try:
            site = request.build_absolute_uri("/").rstrip("/")
            row = erase_person(person=person, by=request.user, request=form.cleaned_data["request"], site=site)
            return redirect("erasure", row.pk)
        except PeopleError as error:
            refusal = str(error)
    context = {
        "person": person, "form": form, "refusal": refusal, "goes": what_goes(person),
        "nameless": keeps_nameless_sightings(), "under_way": Erasure.objects.of_person(person.pk).first(),
    }  # fmt: skip
    return render(request, "streams/erase.html", context, status=400 if request.method == "POST" else 200)


@require_safe
@may_see
def erasure(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """Shows one erasure; until it is done the page loads itself again every few seconds."""
    shown = _erasure(request, erasure_id)
    row = ErasureCertificate.objects.filter(reference=shown.reference).first()
    certificate = Certificate.read(row.text) if row else None
    context = {"erasure": shown, "certificate": certificate, "made_at": row.made_at if row else None}
    return render(request, "streams/erasure.html", context)


@require_safe
@may_see
def certificate_file(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """Gives the certificate out as JSON, which `verify_erasure` reads."""
    row = _certificate(request, erasure_id)
    return _download(row, row.text.encode(), "application/json", "json")


@require_safe
@may_see
def certificate_print(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """Gives the certificate out as PDF."""
    row = _certificate(request, erasure_id)
    return _download(row, document_of(Certificate.read(row.text)), "application/pdf", "pdf")


def _download(row: ErasureCertificate, content: bytes, kind: str, ending: str) -> HttpResponse:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="erasure-{row.reference}.{ending}"',
    }
    return HttpResponse(content, content_type=kind, headers=headers)


def _certificate(request: HttpRequest, erasure_id: UUID) -> ErasureCertificate:
    shown = _erasure(request, erasure_id)
    found: ErasureCertificate = get_object_or_404(ErasureCertificate, reference=shown.reference)
    if request.method != "HEAD":
        log_changed(shown, "Fetched the certificate.", by=request.user)
    return found


def _erasure(request: HttpRequest, erasure_id: UUID) -> Erasure:
    _check(request)
    found: Erasure = get_object_or_404(Erasure.objects.visible_to(request.user), pk=erasure_id)
    return found


def _check(request: Any) -> None:
    try:
        check_sees_all(request.user)
    except SeesOnlySome as error:
        raise PermissionDenied(str(error)) from None
