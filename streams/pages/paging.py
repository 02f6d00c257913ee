"""Keyset pages, newest first: the thousandth is as quick as the first, and new rows shift nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list is in order of: the column of the time, and how an id is read from an address."""

    time: str
    key: Callable[[str], UUID | int]


SIGHTINGS, EDITS = Listed("first_seen_at", UUID), Listed("at", int)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of one row in the list; in addresses it is `2026-11-23T04:35:12.123456+00:00_<id>`."""

    at: datetime
    id: UUID | int

    @classmethod
    def of(cls, row: Any, listed: Listed = SIGHTINGS) -> Cursor:
        return cls(getattr(row, listed.time), row.pk)

    @classmethod
    def parse(cls, text: str, listed: Listed = SIGHTINGS) -> Cursor:
        """Reads a cursor. Raises BadRequest (a 400) for a text that no page has given out."""
        when, _, which = text.partition("_")
        try:
            cursor = cls(datetime.fromisoformat(when), listed.key(which))
        except ValueError as error:
            raise BadRequest("This address names no place in the list.") from error
        if cursor.at.tzinfo is None:
            raise BadRequest("The place in the list lacks its time zone.")
        return cursor

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    def beyond(self, listed: Listed, *, older: bool) -> Q:
        """Returns the condition for rows beyond this one."""
        side = "lt" if older else "gt"
        further = Q(**{f"{listed.time}__{side}": self.at}) | Q(**{f"id__{side}": self.id})
        return Q(**{f"{listed.time}__{side}e": self.at}) & further  # so that Postgres can start in the index


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the cursors of the next and previous page (None if there is none)."""

    rows: list[Any]
    before: Cursor | None
    """The next page has the rows older than this."""
    after: Cursor | None
    """The previous page has the rows newer than this."""


def page_of(rows: Any, *, before: str = "", after: str = "", size: int = PAGE_SIZE, listed: Listed = SIGHTINGS) -> Page:
    """Returns `size` rows older than the cursor `before`, or newer than `after`, or the newest; in one query.

    The queryset has `first_by_time`.
    """
    if after:
        newer = rows.filter(Cursor.parse(after, listed).beyond(listed, older=False))
        found = list(newer.first_by_time(size + 1, ascending=True))
        page = found[size - 1 :: -1] if len(found) > size else found[::-1]
        return _page(page, True, len(found) > size, listed)
    if before:
        rows = rows.filter(Cursor.parse(before, listed).beyond(listed, older=True))
    found = list(rows.first_by_time(size + 1))
    return _page(found[:size], len(found) > size, bool(before), listed)


def _page(rows: list[Any], has_older: bool, has_newer: bool, listed: Listed) -> Page:
    if not rows:
        return Page([], None, None)
    older, newer = Cursor.of(rows[-1], listed), Cursor.of(rows[0], listed)
    return Page(rows, older if has_older else None, newer if has_newer else None)
