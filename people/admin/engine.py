"""The admin page of engines: how much each has encoded, and the history of which one makes the gallery."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from people.admin.unlimited import ForTheUnlimited
from people.gallery.engine_choice import EngineChoice
from people.gallery.engines import known_engines


@admin.register(EngineChoice)
class EngineChoiceAdmin(ForTheUnlimited):
    """A read-only page: `manage.py switch_engine` switches, as part of the release that brings a new engine."""

    list_display = ["chosen_at", "engine", "previous", "missing_photos", "chosen_by"]
    list_select_related = ["chosen_by"]
    list_display_links = None

    class Media:
        css = {"all": ["people/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Engines", "engines": known_engines(), **(extra_context or {})}
        )
