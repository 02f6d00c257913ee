"""Writes photos and watchlists as CSV files for spreadsheets: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from people.base.csv_files import parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from people.records import reasons
from people.records.photo import Photo
from people.records.watchlist import Watchlist

PHOTO_COLUMNS = ("id", "person_id", "person", "state", "reason", "file", "uploaded_at", "time_zone")
WATCHLIST_COLUMNS = ("id", "name", "description", "people", "created_at", "time_zone")


def photos_csv(photos: QuerySet[Photo]) -> Iterator[str]:
    """Returns the parts of a CSV file of photos. Raises TooManyRows."""
    return parts_of(photos.select_related("person"), PHOTO_COLUMNS, _photo_cells)


def watchlists_csv(watchlists: QuerySet[Watchlist]) -> Iterator[str]:
    """Returns the parts of a CSV file of watchlists, whose `people` are fetched as far as somebody may see them."""
    return parts_of(watchlists, WATCHLIST_COLUMNS, _watchlist_cells)


def _photo_cells(row: Any) -> list[object]:
    return [
        row.pk,
        row.person_id,
        safe(row.person.name),
        row.state,
        safe(reasons.sentence(row.reason, row.reason_detail)) if row.reason else "",
        safe(row.original_name),
        file_time(row.created_at),
        zone_name(),
    ]


def _watchlist_cells(row: Watchlist) -> list[object]:
    return [
        row.pk,
        safe(row.name),
        safe(row.description),
        len(row.people.all()),
        file_time(row.created_at),
        zone_name(),
    ]
