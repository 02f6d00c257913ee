"""Pages of API lists by `limit` and `offset`: bounded, and strict about both."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

MAX_LIMIT = 500
MAX_OFFSET = 1_000_000
"""Postgres reads and discards every row before the offset, and nobody turns that many pages: filter instead."""


def whole_number(request: Request, parameter: str, *, low: int, high: int, default: int) -> int:
    """Returns the query parameter as a number from `low` to `high`. Raises ValidationError for anything else."""
    text = request.query_params.get(parameter)
    if text is None:
        return default
    if text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high:
        return int(text)
    raise ValidationError({parameter: f"Expected a whole number from {low} to {high}."})


class Pages(LimitOffsetPagination):
    """Pages by `limit` and `offset`, with the total count: for lists that people leaf through."""

    default_limit = 50
    max_limit = MAX_LIMIT

    def get_limit(self, request: Request) -> int:
        return whole_number(request, "limit", low=1, high=MAX_LIMIT, default=self.default_limit)

    def get_offset(self, request: Request) -> int:
        return whole_number(request, "offset", low=0, high=MAX_OFFSET, default=0)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        bounds = {"limit": {"minimum": 1, "maximum": MAX_LIMIT}, "offset": {"minimum": 0, "maximum": MAX_OFFSET}}
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"] = parameter["schema"] | bounds[parameter["name"]]
        return parameters
