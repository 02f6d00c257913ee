"""The admin pages that give people out: a CSV file, and a page to print, of those selected or of the whole list."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from people.admin.pages import ExtraPages
from people.base.csv_files import csv_file
from people.gallery.people_csv import people_csv
from people.records.person import Person

logger = logging.getLogger(__name__)

MOST_PRINTED = 1_000
"""People on a page to print: as many portraits are asked for, and 60 sheets of paper."""


class ListingPages(ExtraPages):
    """Mixin for the admin of people."""

    @admin.action(description="Export selected people as CSV", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Person]) -> HttpResponseBase:
        ids = list(queryset.order_by("name", "pk").values_list("pk", flat=True))
        logger.info("%s people exported, by %s", len(ids), request.user.pk)
        return csv_file(request, people_csv(ids, request.user), "people.csv")

    @admin.action(description="Print selected people", permissions=["view"])
    def print_people(self, request: HttpRequest, queryset: QuerySet[Person]) -> HttpResponseBase:
        people: Any = queryset.order_by("name", "pk")
        shown = list(people[: MOST_PRINTED + 1])
        return self.page(
            request,
            "admin/people/print_people.html",
            people=shown[:MOST_PRINTED],
            more=len(shown) > MOST_PRINTED,
            shows_faces=request.user.has_perm("people.view_photo"),
            title="People",
        )

    def export_page(self, request: HttpRequest) -> HttpResponseBase:
        """Exports everybody in the list as it is filtered."""
        people = self._listed(request)
        return redirect("admin:people_person_changelist") if people is None else self.export(request, people)

    def print_page(self, request: HttpRequest) -> HttpResponseBase:
        """Shows everybody in the list as it is filtered, to be printed."""
        people = self._listed(request)
        return redirect("admin:people_person_changelist") if people is None else self.print_people(request, people)

    def _listed(self, request: HttpRequest) -> QuerySet[Person] | None:
        """Returns everybody whom the list with the filters of the address holds; None for a filter that is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        for of_the_page in ("p", "all", "o", "e"):
            asked.pop(of_the_page, None)
        request.GET = asked  # type: ignore[assignment]
        try:
            people: QuerySet[Person] = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return None
        return people
