"""Sends the document of a basis as a file to save: no browser opens it within the site."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from people.records.basis import Basis


def send_document(basis: Basis) -> HttpResponse:
    """Returns the document, which no cache keeps. Raises Http404 if there is none, or if it is gone."""
    if not basis.document:
        raise Http404("no document")
    try:
        with basis.document.open("rb") as stored:
            data = stored.read()
    except FileNotFoundError:
        raise Http404("the stored document is gone") from None
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, basis.document_title or "document") or ""
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
