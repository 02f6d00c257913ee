"""Strangers as a CSV file: one line each, as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from people.base.csv_files import parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from streams.records.stranger import StrangerQuerySet
from streams.strangers.cards import StrangerCard, cards_of

COLUMNS = (
    "id", "number", "state", "person_id", "person", "joined_with", "times", "first_seen_at", "last_seen_at", "cameras",
    "time_zone",
)  # fmt: skip


def strangers_csv(strangers: StrangerQuerySet, user: Any) -> Iterator[str]:
    """Returns the parts of a CSV file of `strangers` in their order. Raises TooManyRows."""
    return parts_of(strangers, COLUMNS, _cells, lambda rows: cards_of(rows, user))


def _cells(card: StrangerCard) -> list[object]:
    row = card.stranger
    return [
        row.pk,
        row.number,
        row.state,
        row.person_id or "",
        safe(row.person.name) if row.person else "",
        (row.into.number or "") if row.into else "",
        card.times,
        file_time(card.first_seen_at),
        file_time(card.last_seen_at),
        " ".join(camera.slug for camera in card.cameras),
        zone_name(),
    ]
