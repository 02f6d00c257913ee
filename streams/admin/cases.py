"""The admin of cases and videos, read-only: who handed over what and why, and who had what analysed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from people.admin.day_filter import DayFilter
from people.base.csv_files import parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from streams.admin.sightings import ReadOnlyAdmin
from streams.cases.case import Case
from streams.videos.video import Video

CSV_COLUMNS = ("id", "asked_at", "who", "title", "reason", "asked_for", "sightings", "state", "sha256", "time_zone")


class JobAdmin(ReadOnlyAdmin):
    """The admin of rows that are jobs."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Case)
class CaseAdmin(JobAdmin):
    about = "What was handed over, by whom and why. The history of each says who fetched it."
    csv_name = "cases.csv"
    list_display = ("title", "who", "state", "total", "created_at")
    list_filter = ("state", ("created_at", DayFilter))
    search_fields = ("title", "who", "reason", "sha256")
    search_help_text = "Title, user, reason, or the SHA-256 of a ZIP"
    fieldsets = (
        (
            None,
            {"fields": ("title", "reason", "who", "asked_for", "state", "problem", "total", "done", "its_page")},
        ),
        ("When", {"fields": ("created_at", "finished_at")}),
        ("Details", {"classes": ("collapse",), "fields": ("sha256", "fingerprint")}),
    )
    readonly_fields = ("asked_for", "its_page")

    def csv_parts(self, rows: QuerySet[Case], request: HttpRequest) -> Iterator[str]:
        return parts_of(rows, CSV_COLUMNS, self._cells)

    @admin.display(description="asked for")
    def asked_for(self, case: Case) -> str:
        return "; ".join(f"{label}: {value}" for label, value in case.asked) or "all sightings"

    @admin.display(description="its page")
    def its_page(self, case: Case) -> str:
        return format_html('<a href="{}">{}</a>', reverse("case", args=[case.pk]), "open")

    def _cells(self, case: Case) -> list[object]:
        texts = (case.who, case.title, case.reason, self.asked_for(case))
        return [
            case.pk,
            file_time(case.created_at),
            *map(safe, texts),
            case.total,
            case.state,
            case.sha256,
            zone_name(),
        ]


@admin.register(Video)
class VideoAdmin(JobAdmin):
    about = "Videos that were analysed, and by whom. What was seen in them is on their pages."
    list_display = ("title", "who", "state", "length_s", "created_at")
    list_filter = ("state", ("created_at", DayFilter))
    search_fields = ("title", "who", "address")
    fields = ("title", "address", "who", "state", "problem", "remark", "length_s", "began_at", "created_at", "its_page")
    readonly_fields = ("its_page",)

    @admin.display(description="its page")
    def its_page(self, video: Video) -> str:
        return format_html('<a href="{}">{}</a>', reverse("video", args=[video.pk]), "open")
