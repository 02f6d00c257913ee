"""Filtering of API lists, strict: a misspelt parameter is an error, not a list of everything."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGING = frozenset({"limit", "offset", "cursor", "format"})


class KnownParameters(DjangoFilterBackend):
    """django-filter's backend, which refuses query parameters that the list does not have."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if getattr(view, "detail", False):  # one object by its id: filters narrow lists only
            return queryset
        filterset_class = self.get_filterset_class(view, queryset)
        known = {*(filterset_class.base_filters if filterset_class else ()), *PAGING}
        if unknown := set(request.query_params) - known:
            names = ", ".join(sorted(known - {"format"}))
            raise ValidationError(dict.fromkeys(unknown, f"No such parameter. There are: {names}."))
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered
