"""Strict filters of API lists: a misspelt, empty or unclear parameter is an error, not a list of everything."""

from collections.abc import Iterator, Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request

from people.rest.metadata_filters import MetadataFilters

PAGING = frozenset({"limit", "offset", "cursor", "format"})


class KnownParameters(DjangoFilterBackend):
    """django-filter's backend that also refuses query parameters that the list does not have or cannot read."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if getattr(view, "detail", False):  # one object by its id: filters narrow lists only
            return queryset
        filterset_class = self.get_filterset_class(view, queryset)
        filters = dict(filterset_class.base_filters) if filterset_class else {}
        if issubclass(filterset_class or object, MetadataFilters):
            filters |= filterset_class.filters_in(request.query_params)
        only_these(request, filters, paging=PAGING)
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


def only_these(request: Request, filters: Mapping[str, Any], *, paging: frozenset[str] = frozenset({"format"})) -> None:
    """Raises ValidationError for a parameter that is neither in `filters` nor in `paging`, or cannot be read.

    Each value of `filters` is a django-filter filter, whose class decides what is readable, or None for one value.
    """
    if unknown := set(request.query_params) - set(filters) - paging:
        names = ", ".join(sorted((set(filters) | paging) - {"format"})) or "none"
        raise ValidationError(dict.fromkeys(unknown, f"No such parameter. There are: {names}."))
    is_page = isinstance(request.accepted_renderer, BrowsableAPIRenderer)  # its form sends empty fields along
    if not is_page and (unclear := dict(_unclear(request, filters))):
        raise ValidationError(unclear)


def _unclear(request: Request, filters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields parameters (name, problem) of which django-filter would ignore all values, or all but the last."""
    for name in filters.keys() & request.query_params.keys():
        values, wanted = request.query_params.getlist(name), filters[name]
        if not all(values):
            yield name, "The value is empty; leave the parameter out."
        elif len(values) > 1 and not isinstance(wanted, django_filters.MultipleChoiceFilter):
            yield name, "Give it once."
        elif isinstance(wanted, django_filters.BooleanFilter) and values[0].lower() not in ("true", "false"):
            yield name, "Expected true or false."
