"""Sightings as a CSV file, for spreadsheets: one line a visit, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import isfinite

from django.db.models import QuerySet

from people.spreadsheets import csv_text, safe
from streams.models import Sighting

MOST_ROWS = 50_000
"""About 10 MB, made in memory: a longer time is asked for in parts."""
COLUMNS = (
    "id", "camera", "verdict", "person_id", "person", "first_seen_at", "last_seen_at", "ended_at", "distance",
    "margin", "gallery_version",
)  # fmt: skip


class TooManyRows(Exception):
    """There are more than MOST_ROWS; `str()` of it may be shown."""

    def __init__(self) -> None:
        super().__init__(f"These are more than {MOST_ROWS} sightings: ask for a shorter time.")


def sightings_csv(sightings: QuerySet[Sighting]) -> str:
    """With a line of COLUMNS first. Raises TooManyRows."""
    rows = list(sightings.select_related("camera", "person").order_by("-first_seen_at", "-id")[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        raise TooManyRows
    return csv_text(COLUMNS, _lines(rows))


def _lines(rows: Iterable[Sighting]) -> Iterator[list[object]]:
    for row in rows:
        yield [
            row.pk,
            row.camera.slug,
            row.verdict,
            row.person_id or "",
            safe(row.person.name) if row.person else "",
            _time(row.first_seen_at),
            _time(row.last_seen_at),
            _time(row.ended_at),
            _number(row.distance),
            _number(row.margin),
            row.gallery_version,
        ]


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _number(value: float | None) -> str:
    return "" if value is None or not isfinite(value) else f"{value:.4f}"
