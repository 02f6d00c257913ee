"""The admin's lists as CSV files: a link above the list gives everything in it, as it is filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from people.admin.pages import ExtraPages
from people.base.csv_files import csv_file
from people.errors import TooManyRows

OF_THE_PAGE = ("p", "all", "e")
"""Parameters of an address that choose a page of the list."""


class CsvPage(ExtraPages):
    """Mixin for the admin of a model; `templates/admin/change_list.html` shows the link."""

    csv_name = ""
    """The name of the file, such as cameras.csv; "": the list gives none."""

    def csv_parts(self, rows: QuerySet[Any], request: HttpRequest) -> Iterator[str]:
        """Returns the parts of the file of `rows`. Raises TooManyRows."""
        raise NotImplementedError

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        own = [("csv/", self.csv_page, "csv")] if self.csv_name else []
        return [*own, *super().extra_pages()]

    def csv_page(self, request: HttpRequest) -> HttpResponseBase:
        """Gives the list out as a file, or goes back to the list with the reason why not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        for of_the_page in OF_THE_PAGE:
            asked.pop(of_the_page, None)
        request.GET = asked  # type: ignore[assignment]
        back = redirect(f"{reverse(self._list_url())}?{asked.urlencode()}")
        try:
            rows = self.get_changelist_instance(request).queryset
            return csv_file(request, self.csv_parts(rows, request), self.csv_name)
        except IncorrectLookupParameters:
            return redirect(self._list_url())
        except TooManyRows as error:
            self.message_user(request, str(error), messages.ERROR)
            return back

    def _list_url(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
