"""Keyset pages of sightings, newest first: the thousandth is as quick as the first, and new rows shift nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q

from streams.records.sighting import Sighting, SightingQuerySet

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of one sighting in the list; in addresses it is `2026-11-23T04:35:12.123456+00:00_<uuid>`."""

    first_seen_at: datetime
    id: UUID

    @classmethod
    def of(cls, sighting: Sighting) -> Cursor:
        return cls(sighting.first_seen_at, sighting.id)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Reads a cursor. Raises BadRequest (a 400) for a text that no page has given out."""
        when, _, which = text.partition("_")
        try:
            cursor = cls(datetime.fromisoformat(when), UUID(which))
        except ValueError as error:
            raise BadRequest("This address names no place in the list of sightings.") from error
        if cursor.first_seen_at.tzinfo is None:
            raise BadRequest("The place in the list of sightings lacks its time zone.")
        return cursor

    def __str__(self) -> str:
        return f"{self.first_seen_at.isoformat()}_{self.id}"

    def older(self) -> Q:
        further = Q(first_seen_at__lt=self.first_seen_at) | Q(id__lt=self.id)
        return Q(first_seen_at__lte=self.first_seen_at) & further  # so that Postgres can start in the index

    def newer(self) -> Q:
        further = Q(first_seen_at__gt=self.first_seen_at) | Q(id__gt=self.id)
        return Q(first_seen_at__gte=self.first_seen_at) & further


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the cursors of the next and previous page (None if there is none)."""

    rows: list[Sighting]
    before: Cursor | None
    """The next page has the sightings older than this."""
    after: Cursor | None
    """The previous page has the sightings newer than this."""


def page_of(rows: SightingQuerySet, *, before: str = "", after: str = "", size: int = PAGE_SIZE) -> Page:
    """Returns `size` sightings older than the cursor `before`, or newer than `after`, or the newest; in one query."""
    if after:
        newer = rows.filter(Cursor.parse(after).newer())
        found = list(newer.first_by_time(size + 1, ascending=True))
        return _page(found[size - 1 :: -1] if len(found) > size else found[::-1], True, len(found) > size)
    if before:
        rows = rows.filter(Cursor.parse(before).older())
    found = list(rows.first_by_time(size + 1))
    return _page(found[:size], len(found) > size, bool(before))


def _page(rows: list[Sighting], has_older: bool, has_newer: bool) -> Page:
    if not rows:
        return Page([], None, None)
    return Page(rows, Cursor.of(rows[-1]) if has_older else None, Cursor.of(rows[0]) if has_newer else None)
