"""Removes from rows what their reader may not know: comparisons with hidden people, and exact distances.

A user limited to some people reads a distance only to a person whom they may see, and no margin, because it reveals the
next person; and gets no whole frames and clips, because these show everybody who was there. A user without the right to
read encodings reads distances rounded up to the next limit, no margin, and nobody beyond the review limit: exact
distances to many faces, which the snapshots show, make up a template. Rows are changed as they come from the database,
so that no page, list or file can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models.query import ModelIterable

from people.recognition.types import FARTHEST, Thresholds

if TYPE_CHECKING:
    Rows = ModelIterable[Any]
else:  # generic for the type checker alone
    Rows = ModelIterable


class SightingsWithheld(Rows):
    """Clears margins, and distances of unknown faces; for sightings whose people are all within the limits.

    Of an edited sighting it clears what the machine says, unless that names the same person.
    """

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            if row.edit_id is not None and row.machine_person_id != row.person_id:
                row.machine_verdict = row.machine_person = row.distance = None
                row.withheld = True
            if row.person_id is None:
                row.distance = None
                row.withheld = True
            yield row


class SightingsRounded(Rows):
    """Rounds distances up to the limits of each sighting, and clears margins."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin, row.rounded = None, True
            row.distance = rounded(row.distance, row.match_threshold, row.review_threshold)
            yield row


class SightingsWithheldAndRounded(SightingsRounded, SightingsWithheld):
    """Does both, for a limited user without the right."""


class DetectionsWithheld(Rows):
    """Clears margins, frames, clips, and nearest persons outside the limits; rows have `is_nearest_shown`."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin = None
            row.frame = row.clip = ""
            if not row.is_nearest_shown:
                row.person = row.distance = None
                row.withheld = True
            yield row


class DetectionsRounded(Rows):
    """Rounds distances up, and clears margins and people beyond review; for rows annotated with both limits."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.margin, row.rounded = None, True
            row.distance = rounded(row.distance, row.match_limit, row.review_limit)
            if row.distance == FARTHEST:
                row.person = None
            yield row


class DetectionsWithheldAndRounded(DetectionsRounded, DetectionsWithheld):
    """Does both, for a limited user without the right."""


def rounded(distance: float | None, match: float, review: float) -> float | None:
    """Returns the next limit from `distance` up: match, review or 2; None if there was nobody to compare with."""
    return None if distance is None else Thresholds(match, review).rounded_up(distance)
