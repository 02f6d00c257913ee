"""The base of the admin of watchlists and groups: how many people, a link to them, and changes of members."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from people.admin.csv_page import CsvPage


class MembersAdmin(CsvPage):
    """The admin of named sets of people: its queryset adds `people_count`, and its form is a MembersForm."""

    relation: ClassVar[str]
    """The relation from a person to the rows; the link to the list of people filters by it."""
    readonly_fields = ("members",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        pickers = (["put_in", "take_out"] if obj else ["put_in"]) if may else []
        return ["name", "description", *(["members"] if obj else []), *pickers]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **options)
        form.looker = request.user  # the form class belongs to this request only
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        chosen = form.cleaned_data
        self.change_members(request, form.instance, chosen.get("put_in", ()), chosen.get("take_out", ()))

    def change_members(self, request: HttpRequest, row: Any, put_in: Any, take_out: Any) -> None:
        """Changes the members by a service. The admin also calls it when nobody comes or leaves."""
        raise NotImplementedError

    @admin.display(description="people")
    def members(self, row: Any) -> SafeString:
        """Returns the number of people, as a link to the list of them."""
        number = int(row.people_count)
        words = "1 person" if number == 1 else f"{number} people"
        url = f"{reverse('admin:people_person_changelist')}?{urlencode({f'{self.relation}__id__exact': row.pk})}"
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.display(description="people", ordering="people_count")
    def people_count(self, row: Any) -> int:
        return int(row.people_count)
