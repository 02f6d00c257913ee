"""Keyset pages of the API's long lists: newest first, as quick at the millionth row as at the first."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from people.rest.pagination import MAX_LIMIT, whole_number


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a list, by time and id; `older` says whether the page has the older or the newer rows beside it."""

    older: bool
    at: datetime
    id: UUID | int

    @classmethod
    def parse(cls, text: str, key: Callable[[str], UUID | int]) -> Place:
        """Reads a cursor, whose id `key` reads. Raises ValueError for a text that no page has given out."""
        side, at, which = urlsafe_b64decode(text.encode("ascii")).decode("ascii").split("_")
        moment = datetime.fromisoformat(at)
        if side not in ("older", "newer") or moment.utcoffset() is None:
            raise ValueError(f"expected a side and a time with its zone, got {side!r} and {at!r}")
        return cls(side == "older", moment.astimezone(UTC), key(which))

    def __str__(self) -> str:
        side = "older" if self.older else "newer"
        return urlsafe_b64encode(f"{side}_{self.at.isoformat()}_{self.id}".encode()).decode()

    def rows_beyond(self, time: str) -> Q:
        """Returns the condition for rows beyond this one.

        It contains a condition on the time alone, which the other implies, so that Postgres can start in the index.
        """
        beyond = "lt" if self.older else "gt"
        further = Q(**{f"{time}__{beyond}": self.at}) | Q(**{f"id__{beyond}": self.id})
        return Q(**{f"{time}__{beyond}e": self.at}) & further


class NewestFirst(CursorPagination):
    """Pages by an opaque cursor: new rows neither repeat nor hide others.

    DRF's own cursor falls back to an offset among rows of the same time, and several faces may first be seen in the
    same frame. A subclass names the field of the time in `time`, and in `key` how an id is read if it is no UUID.
    """

    page_size = 50
    page_size_query_param = "limit"
    time: str
    key: Callable[[str], UUID | int] = UUID

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit = whole_number(request, "limit", low=1, high=MAX_LIMIT, default=self.page_size)
        self.asked = request.build_absolute_uri()
        self.place = self._place(request)
        if self.place:
            queryset = queryset.filter(self.place.rows_beyond(self.time))
        backwards = self.place is not None and not self.place.older
        found = list(self.first_rows(queryset, limit + 1, ascending=backwards))
        self.is_cut = len(found) > limit
        self.rows: list[Model] = found[:limit][::-1] if backwards else found[:limit]
        return self.rows

    def first_rows(self, rows: Any, limit: int, *, ascending: bool) -> Any:
        order = (self.time, "id") if ascending else (f"-{self.time}", "-id")
        return rows.order_by(*order)[:limit]

    def get_next_link(self) -> str | None:
        """Returns the link to older rows, or None."""
        more = self.is_cut if self.place is None or self.place.older else True
        return self._link(older=True) if more and self.rows else None

    def get_previous_link(self) -> str | None:
        """Returns the link to newer rows, or None."""
        more = self.place is not None and (self.place.older or self.is_cut)
        return self._link(older=False) if more and self.rows else None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == "limit":
                parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
        return parameters

    def _place(self, request: Request) -> Place | None:
        text = request.query_params.get(self.cursor_query_param)
        try:
            return None if text is None else Place.parse(text, self.key)
        except (ValueError, OverflowError):  # OverflowError: a time outside Python's calendar in UTC
            raise NotFound("This cursor names no place in the list.") from None

    def _link(self, *, older: bool) -> str:
        row = self.rows[-1 if older else 0]
        place = Place(older, getattr(row, self.time), row.pk)
        return replace_query_param(self.asked, self.cursor_query_param, str(place))
