"""The admin of imports: the list, the form that uploads a ZIP, and the page that follows an import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from people.admin.cards import Card
from people.admin.forms import ZipForm
from people.admin.import_preview import ImportPreviewPages
from people.errors import PeopleError
from people.imports.archives import MAX_FILES
from people.imports.jobs import RIGHTS, ImportJob
from people.imports.people import people_of, with_held_photos
from people.imports.progress import Progress
from people.imports.report import csv_response, refused_entries
from people.imports.services import cancel_import, start_import
from people.records.states import ImportState

PEOPLE_PER_PAGE = 50
MOST_REFUSED = 50
"""The most refused files on the page; the report has them all."""
PARTS = ("progress", "people", "refused")


@admin.register(ImportJob)
class ImportJobAdmin(ImportPreviewPages):
    about = "ZIP files of people, read in the background. An import is forgotten after 30 days; people and photos stay."
    list_display = ["name", "state_badge", "read", "people", "photos_added", "refused", "by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["created_by"]
    search_fields = ["original_name"]
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ["people/admin.css", "people/imports.css"]}
        js = ["people/imports.js", "people/upload.js"]

    # Rights: RIGHTS on people and photos decide; users who may import see imports.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(RIGHTS)

    def has_view_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return request.user.has_perms(RIGHTS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportJob]:
        return ImportJob.objects.visible_to(request.user).without_names()

    # The list

    @admin.display(description="ZIP file", ordering="original_name")
    def name(self, job: ImportJob) -> str:
        return str(job)

    @admin.display(description="state", ordering="state")
    def state_badge(self, job: ImportJob) -> SafeString:
        return format_html('<span class="badge badge-{}">{}</span>', job.state, job.get_state_display())

    @admin.display(description="files read")
    def read(self, job: ImportJob) -> SafeString:
        html = (
            '<progress max="{1}" value="{0}" aria-label="Files read"></progress> <span class="nowrap">{0} of {1}</span>'
        )
        return format_html(html, job.entries_seen, job.entries_total)

    @admin.display(description="by", ordering="created_by__username")
    def by(self, job: ImportJob) -> str:
        return str(job.created_by or "")

    @admin.display(description="people")
    def people(self, job: ImportJob) -> str:
        return f"{job.people_made} new, {job.people_found} known"

    # Pages

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/progress/", self.progress_view, "progress"),
            ("<uuid:pk>/report/", self.report_view, "report"),
            ("<uuid:pk>/cancel/", self.cancel_view, "cancel"),
            *super().extra_pages(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """GET: shows the form. POST: checks `file`, stores it, and asks who the people are."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ZipForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = start_import(file=file, name=file.name, by=request.user, ask=True)
            except PeopleError as error:
                form.add_error("file", str(error))
            else:
                return redirect("admin:people_importjob_change", job.pk)
        title = "Import people from ZIP"
        return self.page(request, "admin/people/import_people.html", form=form, max_files=MAX_FILES, title=title)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the page that follows one import; without JavaScript it reloads itself."""
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if job.state == ImportState.ASKING:
            return self.preview_page(request, job)
        context = self._followed(request, job)
        return self.page(request, "admin/people/import_job.html", title=str(job), **context)

    @method_decorator(require_safe)
    def progress_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Returns the changing parts of the page as HTML, for a page that waits."""
        context = self._followed(request, self.row(request, pk, right="view"))
        parts = {part: render_to_string(f"admin/people/_import_{part}.html", context, request) for part in PARTS}
        progress: Progress = context["progress"]
        return JsonResponse(
            {"parts": parts, "summary": progress.summary, "is_over": progress.is_over},
            headers={"Cache-Control": "no-store"},
        )

    @method_decorator(require_safe)
    def report_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return csv_response(self.row(request, pk, right="view"), request)

    @method_decorator(require_POST)
    def cancel_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        job: ImportJob = self.row(request, pk, right="view")
        with self.refusals_shown(request, done="The import was cancelled. What it had added stays."):
            cancel_import(job=job, by=request.user)
        return redirect("admin:people_importjob_change", pk)

    def _followed(self, request: HttpRequest, job: ImportJob) -> dict[str, Any]:
        pages = Paginator(people_of(job, request.user), PEOPLE_PER_PAGE)
        shown = pages.get_page(request.GET.get("p"))
        return {
            "job": job,
            "progress": Progress.of(job, request.user),
            "people": [
                (person, [Card.of(photo, request.user) for photo in person.held])
                for person in with_held_photos(job, shown.object_list, request.user)
            ],
            "shown": shown,
            "refused": refused_entries(job, MOST_REFUSED),
            "may_see_people": request.user.has_perm("people.view_person"),
            "may_see_photos": request.user.has_perm("people.view_photo"),
        }
