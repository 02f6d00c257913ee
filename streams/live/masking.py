"""Hides from a live viewer what the viewer may not know: other people than their own, and exact distances.

Frames and events are made once for all viewers. This module cuts each to what one viewer knows just before it is sent.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from streams.records.withholding import rounded
from streams.wire.builders import sighting_gone
from streams.wire.frames import pack_frame, unpack_frame
from streams.wire.shapes import FaceOverlay, FrameHeader, Hello, SightingEvent, SightingGone, SightingRecord

# 150: the hundred sightings that a page shows, and some that it has dropped.
REMEMBERED = 150


@dataclass(frozen=True, slots=True)
class Knowing:
    """What one viewer may know of frames and events that were made for everybody."""

    people: frozenset[str] | None = None
    """Ids of the people whom the viewer may see; None means everybody."""
    exact: bool = True
    """Whether the viewer reads exact distances (people/accounts/distances.py)."""

    @property
    def everything(self) -> bool:
        return self.people is None and self.exact


class SightingFeed:
    """Remembers the sightings that one viewer's page shows, so that one can be taken back."""

    def __init__(self) -> None:
        self._ids: deque[str] = deque(maxlen=REMEMBERED)

    def greet(self, greeting: Hello) -> None:
        """Notes that the page shows exactly the sightings of `greeting` from now on."""
        self._ids = deque((record["id"] for record in reversed(greeting["sightings"])), REMEMBERED)

    def shown(self, event: SightingEvent, knowing: Knowing) -> SightingEvent | SightingGone | None:
        """Returns what to send for `event`, or None. Takes back a shown sighting that is now of a hidden person."""
        sighting = event["sighting"]["id"]
        if event["change"] == "corrected" and sighting not in self._ids:
            return None  # an old one, which the page does not show
        record = shown_record(event["sighting"], knowing)
        if record is not None:
            if sighting not in self._ids:
                self._ids.append(sighting)
            return event if knowing.everything else {**event, "sighting": record}
        return sighting_gone(sighting) if self.take_back(sighting) else None

    def take_back(self, sighting: str) -> bool:
        """Notes that the page shows this sighting no more; returns whether it did."""
        if sighting not in self._ids:
            return False
        self._ids.remove(sighting)
        return True


def shown_record(record: SightingRecord, knowing: Knowing) -> SightingRecord | None:
    """Applies the rules of streams/records/withholding.py; None for a sighting of somebody hidden from the viewer."""
    people = knowing.people
    if people is not None and record["person"] is None:
        record = {**record, "distance": None, "margin": None, "withheld": True}
    elif people is not None and record["person"] is not None:
        if record["person"]["id"] not in people:
            return None
        record = {**record, "margin": None}
        if record["edit"] is not None:  # the distance may be the one to somebody hidden, whom the machine named
            record = {**record, "distance": None, "withheld": True}
    return record if knowing.exact else _rounded(record)


def _rounded(record: SightingRecord) -> SightingRecord:
    limit = rounded(record["distance"], record["match_threshold"], record["review_threshold"])
    return {**record, "distance": limit, "margin": None, "rounded": True}


def shown_frame(message: bytes, knowing: Knowing) -> bytes:
    """Returns the binary message without what the viewer may not know; unchanged for those who may know everything."""
    if knowing.everything:
        return message
    header, jpeg = unpack_frame(message)
    return pack_frame(shown_header(header, knowing), jpeg)


def shown_header(header: FrameHeader, knowing: Knowing) -> FrameHeader:
    return {**header, "faces": [_shown_face(face, knowing) for face in header["faces"]]}


def _shown_face(face: FaceOverlay, knowing: Knowing) -> FaceOverlay:
    """A frame tells no rounded distance: its verdict says as much."""
    people, person = knowing.people, face["person"]
    if people is not None and person is not None and person["id"] not in people:
        return {**face, "verdict": "withheld", "person": None, "distance": None}
    if not knowing.exact or (people is not None and person is None):
        return {**face, "distance": None}
    return face
