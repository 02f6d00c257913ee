"""The attendance report as a CSV file: one line for each person and day, times in the site's time zone."""

from __future__ import annotations

from people.base.csv_files import MOST_ROWS
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import csv_text, safe
from people.errors import TooManyRows
from streams.attendance.report import Attendance

COLUMNS = (
    "day",
    "person_id",
    "person",
    "first_seen_at",
    "last_seen_at",
    "sightings",
    "seconds",
    "cameras",
    "time_zone",
)


def attendance_csv(attendance: Attendance) -> str:
    """Returns the report as CSV; its first line is COLUMNS. Raises TooManyRows."""
    rows = attendance[: MOST_ROWS + 1]
    if len(rows) > MOST_ROWS:
        raise TooManyRows(MOST_ROWS)
    lines = [
        [
            row.day.isoformat(),
            row.person_id,
            safe(row.name),
            file_time(row.first_seen_at),
            file_time(row.last_seen_at),
            row.sightings,
            round(row.seconds),
            " ".join(camera.slug for camera in row.cameras),
            zone_name(),
        ]
        for row in rows
    ]
    return csv_text(COLUMNS, lines)
