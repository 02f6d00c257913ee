"""Watchlists in the admin: named sets of people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest

from people.admin.pages import ExtraPages
from people.models import Watchlist


@admin.register(Watchlist)
class WatchlistAdmin(ExtraPages):
    list_display = ["name", "description", "people_count"]
    search_fields = ["name", "description"]
    autocomplete_fields = ["people"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(people_count=Count("people"))

    @admin.display(description="people", ordering="people_count")
    def people_count(self, watchlist: Any) -> int:
        return int(watchlist.people_count)
