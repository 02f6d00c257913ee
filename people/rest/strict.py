"""A serializer mixin that refuses unknown fields and JSON values of the wrong type instead of converting them."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

_FORM_FIELDS = {"csrfmiddlewaretoken"}
_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.CharField, (str,), "Expected text."),
    (serializers.BooleanField, (bool,), "Expected true or false."),
    (serializers.IntegerField, (int,), "Expected a whole number."),
    (serializers.FloatField, (int, float), "Expected a number."),
)


class StrictFields:
    """Mixin for a serializer; put it first among the bases. The API reference shows the serializer's docstring."""

    fields: Any

    def to_internal_value(self, data: Any) -> Any:
        if hasattr(data, "keys") and (unknown := set(data.keys()) - set(self.fields) - _FORM_FIELDS):
            known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
            raise ValidationError(dict.fromkeys(sorted(unknown), f"No such field. There are: {known}."))
        is_json = isinstance(data, dict) and not isinstance(data, QueryDict)  # every value of a form is text
        if is_json and (wrong := dict(self._bent(data))):
            raise ValidationError(wrong)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _bent(self, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yields values (name, problem) that DRF would convert: 0 to the text "0", "no" to false.

        It leaves null to each field.
        """
        for name, value in data.items():
            if _is_of_whole_numbers(self.fields[name]) and type(value) is not int:
                yield name, "Expected a whole number."
            for kind, types, sentence in _TYPES:
                if isinstance(self.fields[name], kind) and value is not None and type(value) not in types:
                    yield name, sentence
                    break


def _is_of_whole_numbers(field: Any) -> bool:
    """Returns whether it is a choice among numbers, for which DRF would take the text "90", too."""
    return type(field) is serializers.ChoiceField and all(type(choice) is int for choice in field.choices)
