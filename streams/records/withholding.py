"""Removes comparisons with hidden people from rows that a user limited to some people reads.

Such a user reads a distance only to a person whom they may see, and no margin, because it reveals the next person. Rows
are changed as they come from the database, so that no page, list or file can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models.query import ModelIterable

if TYPE_CHECKING:
    Rows = ModelIterable[Any]
else:  # generic for the type checker alone
    Rows = ModelIterable


class SightingsWithheld(Rows):
    """Clears margins, and distances of unknown faces; for sightings whose people are all within the limits."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            if row.person_id is None:
                row.distance = None
                row.withheld = True
            yield row


class DetectionsWithheld(Rows):
    """Clears margins, and nearest persons outside the limits; for detections annotated with `is_nearest_shown`."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            if not row.is_nearest_shown:
                row.person = row.distance = None
                row.withheld = True
            yield row
