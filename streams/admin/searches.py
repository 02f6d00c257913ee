"""The admin of the search log, read-only: who searched sightings by a face, when, and for whom."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from streams.admin.sightings import ReadOnlyAdmin
from streams.records.search_log import SearchLog


@admin.register(SearchLog)
class SearchLogAdmin(ReadOnlyAdmin):
    about = "Who searched the sightings by a face, and when. The picture is not kept, only its SHA-256."
    list_display = ("at", "who", "wanted", "asked_for", "searched", "found")
    list_filter = (("at", admin.DateFieldListFilter),)
    search_fields = ("who", "picture_sha256")
    search_help_text = "Name of the user or the key, or the SHA-256 of a picture"
    date_hierarchy = "at"
    fields = ("at", "who", "picture_sha256", "sighting", "asked_for", "within", "engine", "searched", "found")
    readonly_fields = ("asked_for",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="by")
    def wanted(self, row: SearchLog) -> str:
        return f"sighting {row.sighting}" if row.sighting else f"picture {row.picture_sha256[:12]}…"

    @admin.display(description="filters")
    def asked_for(self, row: SearchLog) -> str:
        return "; ".join(f"{name}: {value}" for name, value in row.filters.items()) or "none"
