"""Watchlists in the admin: named sets of people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest

from people.admin.pages import ExtraPages
from people.limits.person_limits import people_within, person_limits
from people.limits.services import has_hidden_members, set_members
from people.models import Person, Watchlist


@admin.register(Watchlist)
class WatchlistAdmin(ExtraPages):
    """Every list is shown, with those of its people who exist for the user."""

    about = "A named set of people. Sightings, attendance and searches can be narrowed to it, here and over the API."
    list_display = ["name", "description", "people_count"]
    search_fields = ["name", "description"]
    autocomplete_fields = ["people"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Watchlist]:
        limits = person_limits(request.user)
        shown = Q(people_within(limits, "people")) if limits else None
        watchlists: QuerySet[Watchlist] = super().get_queryset(request)
        return watchlists.annotate(people_count=Count("people", filter=shown))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Watchlist | None:
        """With its visible people in place of all: forms and plain pages show them alike."""
        watchlist: Watchlist | None = super().get_object(request, object_id, from_field)
        if watchlist is not None:
            prefetch_related_objects([watchlist], Prefetch("people", Person.objects.within_limits_of(request.user)))
        return watchlist

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name == "people":
            options["queryset"] = Person.objects.within_limits_of(request.user)
        return super().formfield_for_manytomany(db_field, request, **options)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Not by their people: an address must not tell of somebody out of sight."""
        return not lookup.startswith("people") and super().lookup_allowed(lookup, value, request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        people = form.cleaned_data.pop("people", None)
        super().save_related(request, form, formsets, change)
        if people is not None:
            set_members(watchlist=form.instance, people=[person.pk for person in people], by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of a list with people out of sight, who would be taken off it."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not has_hidden_members(obj, request.user))

    @admin.display(description="people", ordering="people_count")
    def people_count(self, watchlist: Any) -> int:
        return int(watchlist.people_count)
