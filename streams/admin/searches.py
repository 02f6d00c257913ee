"""The admin of the search log, read-only: who searched sightings by a face, when, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

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
    list_filter = (("at", admin.DateFieldListFilter),)
    search_fields = ("who", "picture_sha256")
    search_help_text = "Name of the user or the key, or the SHA-256 of a picture"
    date_hierarchy = "at"
    fields = ("at", "who", "picture_sha256", "sighting", "asked_for", "within", "engine", "searched", "found")
    readonly_fields = ("asked_for",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def csv_parts(self, rows: QuerySet[SearchLog], request: HttpRequest) -> Iterator[str]:
        return parts_of(rows, CSV_COLUMNS, self._cells)

    def _cells(self, row: SearchLog) -> list[object]:
        when, asked_for = file_time(row.at), safe(self.asked_for(row))
        return [when, safe(row.who), row.picture_sha256, row.sighting or "", asked_for, row.within, row.engine,
                row.searched, row.found, zone_name()]  # fmt: skip

    @admin.display(description="by")
    def wanted(self, row: SearchLog) -> str:
        return f"sighting {row.sighting}" if row.sighting else f"picture {row.picture_sha256[:12]}…"

    @admin.display(description="filters")
    def asked_for(self, row: SearchLog) -> str:
        return "; ".join(f"{name}: {value}" for name, value in row.filters.items()) or "none"
