"""What is left out of rows that somebody reads who is limited to some people: whatever others were measured by.

Such a viewer reads a distance only beside a person whom they may see, and no margin, which lies beside the next
person. The rows are changed as they are read from the database, so that no page, list or file can forget it.
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
    """For querysets whose people are all within the viewer's limits."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            if row.person_id is None:
                row.distance = None
                row.withheld = True
            yield row


class DetectionsWithheld(Rows):
    """For querysets with `is_nearest_shown`."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            if not row.is_nearest_shown:
                row.person = row.distance = None
                row.withheld = True
            yield row
