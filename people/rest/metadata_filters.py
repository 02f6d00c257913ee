"""Filters by people's metadata: `metadata.badge=17`, with any name, several at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.lookups import Exact
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from people.records.metadata import KEY_LENGTH, MOST_KEYS

PREFIX = "metadata."
PARAMETER = OpenApiParameter(
    f"{PREFIX}NAME",
    str,
    description="People whose `metadata` has this value under NAME, a name of your own: text as it is, a number, "
    "`true` or `false`. With several parameters all must fit.",
)


class MetadataFilters:
    """Mixin for a FilterSet of rows with a `metadata` column; put it first among the bases."""

    data: Any

    @staticmethod
    def filters_in(query: Iterable[str]) -> dict[str, django_filters.Filter]:
        """Returns a filter for each metadata parameter of `query`, and for the placeholder `metadata.NAME`.

        Error messages list the placeholder. Raises ValidationError for names that no metadata can have.
        """
        asked = [parameter for parameter in query if parameter.startswith(PREFIX)]
        if wrong := [parameter for parameter in asked if not _is_name(parameter.removeprefix(PREFIX))]:
            sentence = f"After “{PREFIX}” a name of 1 to {KEY_LENGTH} printable characters."
            raise ValidationError(dict.fromkeys(wrong, sentence))
        if len(asked) > MOST_KEYS:
            raise ValidationError({PREFIX: f"At most {MOST_KEYS} names; no person has more."})
        return {parameter: django_filters.CharFilter() for parameter in (PARAMETER.name, *asked)}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)  # type: ignore[misc]
        for parameter in self.filters_in(self.data).keys() & self.data.keys():
            name, value = parameter.removeprefix(PREFIX), self.data[parameter]
            if "\0" in value:
                raise ValidationError({parameter: "Null characters are not allowed."})
            # Not Django's own lookup: it takes "2026" for an index of a list and "a__b" for two levels.
            text = Func(F("metadata"), Value(name), function="jsonb_extract_path_text", output_field=TextField())
            found = found.filter(Exact(text, Value(value))) if value else found
        return found


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= KEY_LENGTH and text.isprintable()
