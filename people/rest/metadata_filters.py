"""Filtering by what an organisation keeps with people: `metadata.badge=17`, any of its names, several at once."""

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
    description="Whose `metadata` has this value under NAME, any of your own names: text as it is, a number, `true` or "
    "`false`. Several: all of them fit.",
)


class MetadataFilters:
    """Mixed into a FilterSet of rows with `metadata`, before it."""

    data: Any

    @staticmethod
    def filters_in(query: Iterable[str]) -> dict[str, django_filters.Filter]:
        """What is said to exist, and one for each parameter of `query` that asks for metadata.

        Raises ValidationError for names that nothing can have.
        """
        asked = [parameter for parameter in query if parameter.startswith(PREFIX)]
        if wrong := [parameter for parameter in asked if not _is_name(parameter.removeprefix(PREFIX))]:
            sentence = f"After “{PREFIX}” a name of 1 to {KEY_LENGTH} printable characters."
            raise ValidationError(dict.fromkeys(wrong, sentence))
        if len(asked) > MOST_KEYS:
            raise ValidationError({PREFIX: f"At most {MOST_KEYS} names: nobody has more."})
        return {parameter: django_filters.CharFilter() for parameter in (PARAMETER.name, *asked)}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)  # type: ignore[misc]
        for parameter in self.filters_in(self.data).keys() & self.data.keys():
            name, value = parameter.removeprefix(PREFIX), self.data[parameter]
            if "\0" in value:
                raise ValidationError({parameter: "Null characters are not allowed."})
            # Not Django's own lookup, which takes "2026" for the place in a list and "a__b" for two levels.
            text = Func(F("metadata"), Value(name), function="jsonb_extract_path_text", output_field=TextField())
            found = found.filter(Exact(text, Value(value))) if value else found
        return found


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= KEY_LENGTH and text.isprintable()
