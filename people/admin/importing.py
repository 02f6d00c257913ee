"""The admin page that imports people from a ZIP file, with a report per file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from people.admin.pages import ExtraPages
from people.enrolling.archives import MAX_FILES, candidates_in_zip
from people.enrolling.importing import Imported, import_people
from people.errors import BadArchive
from people.forms import ZipForm


class ImportPage(ExtraPages):
    """Mixed into the admin of people."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["people.add_person", "people.add_photo"])

    def import_page(self, request: HttpRequest) -> HttpResponseBase:
        """GET: the form. POST: `file` is imported, and the answer says what became of each file in it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ZipForm(request.POST or None, request.FILES or None)
        report: list[Imported] = []
        if request.method == "POST" and form.is_valid():
            try:
                candidates = candidates_in_zip(form.cleaned_data["file"])
                report = list(import_people(candidates, by=request.user))
                if not report:
                    form.add_error("file", "There are no files in it.")
            except BadArchive as error:
                form.add_error("file", str(error))
        return self.page(
            request,
            "admin/people/import_people.html",
            form=form,
            report=report,
            refused=sum(file.is_refused for file in report),
            people=len({file.person_id for file in report if file.person_id}),
            max_files=MAX_FILES,
            title="Import people from ZIP",
        )
