"""The admin of who did what: every entry of the log that services write, downloads of lists included; read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest

from people.accounts.limits import limit_kinds, limits_of
from people.admin.day_filter import DayFilter
from people.admin.long_list import LongList
from people.admin.unlimited import ForTheUnlimited
from people.base.site_time import time_words


@admin.register(LogEntry)
class LogEntryAdmin(LongList, ForTheUnlimited):
    about = "Who changed or downloaded what, and when, in the admin, on the pages and over the API."
    why = "This page names everybody and everything, and you may see only some groups."
    list_display = ("when", "user", "what", "kind", "name")
    fields = readonly_fields = list_display
    list_display_links = None
    list_filter = (("action_time", DayFilter),)
    list_select_related = ("user", "content_type")
    search_fields = ("user__username", "object_repr", "change_message")
    search_help_text = "Name of the user, of a thing or of a file"
    ordering = ("-action_time", "-pk")
    actions = None

    def limits_of(self, user: Any) -> object:
        return any(limits_of(user, kind) for kind in limit_kinds().values())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuses it on pages of entries, and allows it to the page of a user, whose entries go with them."""
        match = request.resolver_match
        return match is not None and not str(match.url_name).startswith("admin_logentry")

    @admin.display(description="when", ordering="action_time")
    def when(self, entry: LogEntry) -> str:
        return time_words(entry.action_time)

    @admin.display(description="what")
    def what(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())

    @admin.display(description="of")
    def kind(self, entry: LogEntry) -> str:
        return entry.content_type.name if entry.content_type else "file"

    @admin.display(description="name")
    def name(self, entry: LogEntry) -> str:
        return entry.object_repr
