"""The report of an import as a CSV file: a line for each file of the ZIP that has been read, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from people.accounts.limits import Looker
from people.base.csv_files import log_csv
from people.base.spreadsheets import csv_text, safe
from people.imports.jobs import ImportEntry, ImportJob
from people.records import reasons
from people.records.person import with_resembled
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import PhotoState

COLUMNS = ("file", "person", "person_id", "result", "message", "photo_id", "photo_state", "photo_reason")


def report_csv(job: ImportJob, user: Looker) -> str:
    """Returns the report with the lines that exist for `user`: at most MAX_FILES lines, about 1 MB."""
    return csv_text(COLUMNS, _lines(job, user))


def csv_response(job: ImportJob, request: HttpRequest) -> HttpResponse:
    """Returns the report as a download that no cache keeps, and logs who took it."""
    log_csv(request, "import.csv")
    headers = {"Content-Disposition": 'attachment; filename="import.csv"', "Cache-Control": "no-store"}
    return HttpResponse(report_csv(job, request.user), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(job: ImportJob, user: Looker) -> Iterator[list[object]]:
    for entry in job.entries.within_limits_of(user).select_related("photo").order_by("number"):
        photo = entry.photo
        yield [
            safe(entry.path),
            safe(entry.person_name),
            entry.person_id or "",
            entry.status,
            safe(entry.message),
            entry.photo_id or "",
            photo.state if photo else "",
            reasons.sentence(photo.reason, photo.reason_detail) if photo else "",
        ]


def odd_photos(job: ImportJob, user: Looker, most: int) -> list[Photo]:
    """Returns the first `most` photos of the import that may show somebody else, among those that exist for `user`."""
    entries = job.entries.within_limits_of(user).filter(photo=OuterRef("pk"))
    odd = Photo.objects.filter(Exists(entries), state=PhotoState.REVIEW, reason__in=[*UNLIKE_OWN, *LIKE_OTHERS])
    return list(with_resembled(odd.select_related("person"), user).order_by("created_at", "id")[:most])


def refused_entries(job: ImportJob, most: int) -> list[ImportEntry]:
    """Returns the first `most` files that were refused."""
    return list(job.entries.exclude(status__in=["queued", "already_there"]).order_by("number")[:most])
