"""The admin of the search log, read-only: who searched sightings by a face, when, and for whom."""

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
from streams.records.search_log import SearchLog

CSV_COLUMNS = (
    "at", "who", "picture_sha256", "sighting", "filters", "within", "engine", "searched", "found", "time_zone",
)  # fmt: skip


@admin.register(SearchLog)
class SearchLogAdmin(ReadOnlyAdmin):
    about = "Who searched the sightings by a face, and when. The picture is not kept, only its SHA-256."
    csv_name = "searches.csv"
    list_display = ("at", "who", "wanted", "asked_for", "searched", "found")
    list_filter = (("at", DayFilter),)
    search_fields = ("who", "picture_sha256")
    search_help_text = "Name of the user or the key, or the SHA-256 of a picture"
    fieldsets = (
        (None, {"fields": ("at", "who", "wanted", "asked_for", "searched", "found")}),
        ("Details", {"classes": ("collapse",), "fields": ("picture_sha256", "within", "engine")}),
    )
    readonly_fields = ("wanted", "asked_for")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def csv_parts(self, rows: QuerySet[SearchLog], request: HttpRequest) -> Iterator[str]:
        return parts_of(rows, CSV_COLUMNS, self._cells)

    def _cells(self, row: SearchLog) -> list[object]:
        when, asked_for = file_time(row.at), safe(self.asked_for(row))
        return [when, safe(row.who), row.picture_sha256, row.sighting or "", asked_for, row.within, row.engine,
                row.searched, row.found, zone_name()]  # fmt: skip

    @admin.display(description="looked for")
    def wanted(self, row: SearchLog) -> str:
        """Returns a link to the sighting whose face it was, which may have gone since, or that it was a picture."""
        if not row.sighting:
            return "the face in a picture"
        return format_html('<a href="{}">the face of a sighting</a>', reverse("sighting", args=[row.sighting]))

    @admin.display(description="filters")
    def asked_for(self, row: SearchLog) -> str:
        return "; ".join(f"{name}: {value}" for name, value in row.filters.items()) or "none"
