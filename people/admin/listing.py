"""The admin pages that give people out: a CSV file, and a page to print, of those selected or of the whole list."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

from channels.db import database_sync_to_async
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect

from people.admin.pages import ExtraPages
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
        headers = {"Content-Disposition": 'attachment; filename="people.csv"', "Cache-Control": "no-store"}
        parts: Any = people_csv(ids, request.user)
        if isinstance(request, ASGIRequest):  # it would gather all parts before it sends the first
            parts = _one_by_one(parts)
        return StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8", headers=headers)

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


async def _one_by_one(parts: Iterator[str]) -> AsyncIterator[str]:
    """Yields the parts, each made in a thread with a database connection."""
    make = database_sync_to_async(next)
    while (part := await make(parts, None)) is not None:
        yield part
