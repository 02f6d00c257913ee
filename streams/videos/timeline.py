"""The line of time of an analysed video: for everybody who is in it, when, with pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from people.base.csv_files import number_cell, parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from streams.records.stranger import Stranger
from streams.sightings.explanations import said_of, words_of
from streams.videos.moments import clock, moment_of
from streams.videos.video import Video, VideoSighting

COLUMNS = (
    "id", "who", "person_id", "verdict", "from", "to", "from_s", "to_s", "from_at", "to_at", "distance", "time_zone",
)  # fmt: skip
SHOWN_WITH = ("person", "stranger__into", "edit", "machine_person")
"""What the name and the words of a face need."""
MOST_SHOWN = 500
"""Stays on one page; the CSV file has them all."""


@dataclass(slots=True)
class Stay:
    """One sighting of the video on the page."""

    row: VideoSighting
    begins: str
    ends: str
    at: datetime | None
    """The time of the day at which it began."""
    words: str
    look: Any
    """The best picture, or None."""
    left_percent: float
    width_percent: float

    @property
    def verdict(self) -> str:
        return self.row.verdict


@dataclass(slots=True)
class SeenPerson:
    """Somebody who is in the video, with all stays in order."""

    who: str
    person_id: Any
    stays: list[Stay] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(stay.row.last_s - stay.row.first_s for stay in self.stays)


def who_is_in(video: Video, rows: QuerySet[VideoSighting]) -> list[SeenPerson]:
    """Returns everybody who is in it, in the order in which they come, with at most MOST_SHOWN stays in all."""
    length_s = max(video.length_s or 0.0, 1.0)
    found: dict[str, SeenPerson] = {}
    for row in rows.select_related(*SHOWN_WITH).prefetch_related("looks")[:MOST_SHOWN]:
        seen = found.setdefault(_key(row), SeenPerson(name_of_face(row), row.person_id))
        seen.stays.append(_stay(video, row, length_s))
    return list(found.values())


def name_of_face(row: VideoSighting) -> str:
    """Returns what a face of a video is called: by its name, as a stranger of the cameras, or by its number."""
    if row.is_no_face:
        return "No face"
    if row.person:
        return row.person.name
    stranger = stranger_of(row)
    if stranger and stranger.number:
        return f"Stranger {stranger.number}"
    return f"Unknown face {row.alike}" if row.alike else "Unknown face"


def stranger_of(row: VideoSighting) -> Stranger | None:
    """Returns the stranger of the cameras whose face it is, or the one with whom they were joined since.

    None, too, for somebody whom the reader's cameras have not seen.
    """
    if row.stranger is None or not getattr(row, "knows_stranger", True):
        return None
    stranger = row.stranger
    while stranger.into:  # of whoever was joined twice; each further one costs a query, and is rare
        stranger = stranger.into
    return stranger


def video_csv(video: Video, rows: QuerySet[VideoSighting]) -> Iterator[str]:
    """Returns the parts of a CSV file of who is in it when. Raises TooManyRows."""

    def cells(row: VideoSighting) -> list[object]:
        began_at, ended_at = moment_of(video.began_at, row.first_s), moment_of(video.began_at, row.last_s)
        return [
            row.pk,
            safe(name_of_face(row)),
            row.person_id or "",
            row.verdict,
            clock(row.first_s),
            clock(row.last_s),
            f"{row.first_s:.2f}",
            f"{row.last_s:.2f}",
            file_time(began_at),
            file_time(ended_at),
            number_cell(row.distance),
            zone_name(),
        ]

    return parts_of(rows.select_related(*SHOWN_WITH).order_by("first_s", "id"), COLUMNS, cells)


def _key(row: VideoSighting) -> str:
    """Returns what is the same for one person: a suggested person is not the same as a certain one."""
    if row.is_no_face:
        return "no face"
    if row.person_id:
        return f"{row.person_id} {row.verdict}"
    if stranger := stranger_of(row):
        return str(stranger.pk)
    return f"alike {row.alike}" if row.alike else str(row.pk)


def _words(row: Any) -> str:
    """Says how near the face is, or who said what it is and what the analysis says; it has the columns for this."""
    return said_of(row) if row.edit else words_of(row)


def _stay(video: Video, row: VideoSighting, length_s: float) -> Stay:
    looks = sorted((look for look in row.looks.all() if look.picture), key=lambda look: -look.quality)
    return Stay(
        row=row,
        begins=clock(row.first_s),
        ends=clock(row.last_s),
        at=moment_of(video.began_at, row.first_s),
        words=_words(row),
        look=looks[0] if looks else None,
        left_percent=round(100 * row.first_s / length_s, 2),
        width_percent=round(max(0.4, 100 * (row.last_s - row.first_s) / length_s), 2),
    )
