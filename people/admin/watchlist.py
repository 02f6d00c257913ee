"""The admin of watchlists: named sets of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from people.admin.members import MembersAdmin
from people.admin.members_form import WatchlistForm
from people.editing.members import change_watched, has_hidden_members
from people.gallery.lists_csv import watchlists_csv
from people.records.groups import people_within, person_limits
from people.records.person import Person
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist


@admin.register(Watchlist)
class WatchlistAdmin(MembersAdmin):
    """Shows every watchlist, with only those of its people who exist for the user."""

    about = "A named set of people. Sightings, attendance and searches can be narrowed to it, here and over the API."
    list_display = ["name", "description", "people_count", "two_people", "suspended_count"]
    search_fields = ["name", "description"]
    form = WatchlistForm
    csv_name = "watchlists.csv"
    relation = "watchlists"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Watchlist]:
        members: Any = Watchlist.people.through.objects
        shown = members.filter(people_within(person_limits(request.user), "person"), watchlist=OuterRef("pk"))
        number = shown.order_by().values("watchlist").annotate(number=Count("pk")).values("number")
        watchlists: QuerySet[Watchlist] = super().get_queryset(request)
        held = Suspension.objects.within_limits_of(request.user).holding().filter(watchlist=OuterRef("pk")).order_by()
        suspended = held.values("watchlist").annotate(number=Count("person", distinct=True)).values("number")
        return watchlists.annotate(
            people_count=Coalesce(Subquery(number), 0, output_field=IntegerField()),
            suspended_count=Coalesce(Subquery(suspended), 0, output_field=IntegerField()),
        )

    def csv_parts(self, rows: QuerySet[Watchlist], request: HttpRequest) -> Iterator[str]:
        return watchlists_csv(rows.prefetch_related(Prefetch("people", Person.objects.within_limits_of(request.user))))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        first, description, *others = super().get_fields(request, obj)
        return [first, description, "two_people", ("false_limit", "false_of_last"), *others]

    @admin.display(description="suspended entries", ordering="suspended_count")
    def suspended_count(self, row: Any) -> int:
        return int(row.suspended_count)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by people: they would reveal people hidden from the user."""
        return not lookup.startswith("people") and super().lookup_allowed(lookup, value, request)

    def change_members(self, request: HttpRequest, row: Any, put_in: Any, take_out: Any) -> None:
        change_watched(watchlist=row, put_in=put_in, take_out=take_out, by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuses a list with hidden members, whom the deletion would take off it."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not has_hidden_members(obj, request.user))
