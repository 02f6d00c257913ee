"""The page between the upload of a ZIP and its import: who would be enrolled, and what else the names could mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from people.admin.pages import ExtraPages
from people.errors import BadArchive
from people.imports.contents import Contents
from people.imports.entry_names import ENCODINGS
from people.imports.jobs import ImportJob
from people.imports.known_sources import SENTENCES
from people.imports.layouts import WORDS, Reading
from people.imports.services import answer_import, contents_of_job

MOST_ASIDE = 20
"""The most files of which the page says why they are nobody's photos; the report has them all."""


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """One answer to choose from."""

    reading: Reading
    is_chosen: bool

    @property
    def words(self) -> str:
        return WORDS[self.reading.layout]

    @property
    def most(self) -> str:
        """Says who would have the most photos: it shows a folder of many people that is taken for one."""
        name, photos = self.reading.most
        return f"{name}, {photos} photos" if photos > 1 else ""

    @property
    def aside(self) -> list[tuple[str, str]]:
        return [(path, SENTENCES[why]) for path, why in list(self.reading.aside.items())[:MOST_ASIDE]]


class ImportPreviewPages(ExtraPages):
    """Mixin: the preview of an import that asks, and its answer."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [("<uuid:pk>/answer/", self.answer_view, "answer"), *super().extra_pages()]

    def preview_page(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        """Shows what the import would make, with the names read by `encoding` of the address, if they can be."""
        asked = request.GET.get("encoding", "")
        try:
            contents = contents_of_job(job, encoding=asked if asked in ENCODINGS else "")
            refused = ""
        except BadArchive as error:
            contents, refused = contents_of_job(job), str(error)
        context = {"job": job, "contents": contents, "refused": refused, **_shown(contents)}
        return self.page(request, "admin/people/import_preview.html", title=str(job), **context)

    @method_decorator(require_POST)
    def answer_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        job: ImportJob = self.row(request, pk, right="view")
        layout, encoding = request.POST.get("layout", ""), request.POST.get("encoding", "")
        with self.refusals_shown(request):
            answer_import(
                job=job,
                layout=layout if layout in WORDS else "",
                encoding=encoding if encoding in ENCODINGS else "",
                by=request.user,
            )
        return redirect("admin:people_importjob_change", pk)


def _shown(contents: Contents) -> dict[str, Any]:
    readings = contents.readings
    answers = [
        ImportAnswer(each, readings.is_sure and each is readings.likeliest) for each in readings.offered if each.names
    ]
    examples = dict(contents.decoded.others)
    likely = [(name, ENCODINGS[name], example) for name, example in examples.items()]
    rest = [each for each in ENCODINGS.items() if each[0] not in {*examples, contents.decoded.encoding}]
    return {
        "answers": answers,
        "encoding": ENCODINGS.get(contents.decoded.encoding, ""),
        "likely_encodings": likely,
        "other_encodings": rest,
    }
