"""Refuses request fields that a serializer does not have, so that a misspelt name is never silently dropped."""

from typing import Any

from rest_framework.exceptions import ValidationError

_FORM_FIELDS = {"csrfmiddlewaretoken"}


class StrictFields:
    """Mixed into a serializer, before it; the serializer's own docstring is shown in the API's reference."""

    fields: Any

    def to_internal_value(self, data: Any) -> Any:
        if hasattr(data, "keys") and (unknown := set(data.keys()) - set(self.fields) - _FORM_FIELDS):
            known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
            raise ValidationError(dict.fromkeys(sorted(unknown), f"No such field. There are: {known}."))
        return super().to_internal_value(data)  # type: ignore[misc]
