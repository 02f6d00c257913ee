"""Writes sightings and detections as CSV files for spreadsheets: one line each, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import TypeVar

from django.db.models import Model, QuerySet

from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import csv_text, safe
from streams.errors import TooManyRows
from streams.records.detection import Detection
from streams.records.sighting import Sighting

Row = TypeVar("Row", bound=Model)
MOST_ROWS = 50_000
"""About 10 MB, made in memory; users ask for a longer time in parts."""
COLUMNS = (
    "id", "camera", "verdict", "person_id", "person", "first_seen_at", "last_seen_at", "ended_at", "distance",
    "margin", "gallery_version", "look_closer", "liveness", "time_zone",
)  # fmt: skip
DETECTION_COLUMNS = (
    "id", "sighting", "camera", "captured_at", "verdict", "nearest_person_id", "nearest_person", "distance", "margin",
    "quality", "gallery_version", "time_zone",
)  # fmt: skip


def sightings_csv(sightings: QuerySet[Sighting]) -> str:
    """Returns a CSV file of sightings; its first line is COLUMNS. Raises TooManyRows."""
    rows = sightings.select_related("camera", "person").order_by("-first_seen_at", "-id")
    return csv_text(COLUMNS, _lines(_some(rows)))


def detections_csv(detections: QuerySet[Detection]) -> str:
    """Returns a CSV file of detections; its first line is DETECTION_COLUMNS. Raises TooManyRows."""
    rows = detections.select_related("sighting__camera", "person").order_by("-captured_at", "-id")
    return csv_text(DETECTION_COLUMNS, _detection_lines(_some(rows)))


def _some(rows: QuerySet[Row]) -> list[Row]:
    found = list(rows[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise TooManyRows(MOST_ROWS)
    return found


def _lines(rows: Iterable[Sighting]) -> Iterator[list[object]]:
    for row in rows:
        yield [
            row.pk,
            row.camera.slug,
            row.verdict,
            row.person_id or "",
            safe(row.person.name) if row.person else "",
            file_time(row.first_seen_at),
            file_time(row.last_seen_at),
            file_time(row.ended_at),
            _number(row.distance),
            _number(row.margin),
            row.gallery_version,
            str(row.look_closer).lower(),
            _number(row.liveness),
            zone_name(),
        ]


def _detection_lines(rows: Iterable[Detection]) -> Iterator[list[object]]:
    for row in rows:
        yield [
            row.pk,
            row.sighting_id,
            row.sighting.camera.slug,
            file_time(row.captured_at),
            row.verdict,
            row.person_id if row.person else "",
            safe(row.person.name) if row.person else "",
            _number(row.distance),
            _number(row.margin),
            _number(row.quality),
            row.gallery_version,
            zone_name(),
        ]


def _number(value: float | None) -> str:
    return "" if value is None or not isfinite(value) else f"{value:.4f}"
