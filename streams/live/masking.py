"""Hides all other people from a live viewer who may see only some people.

Frames and events are made once for all viewers. This module cuts each to one viewer's people just before it is sent.
`people` is always the ids of the people whom the viewer may see; None means everybody, and nothing is changed.
"""

from __future__ import annotations

from collections import deque

from streams.wire.builders import sighting_gone
from streams.wire.frames import pack_frame, unpack_frame
from streams.wire.shapes import FaceOverlay, FrameHeader, Hello, SightingEvent, SightingGone, SightingRecord

People = frozenset[str] | None
# 150: the hundred sightings that a page shows, and some that it has dropped.
REMEMBERED = 150


class SightingFeed:
    """Remembers the sightings that one viewer's page shows, so that one can be taken back."""

    def __init__(self) -> None:
        self._ids: deque[str] = deque(maxlen=REMEMBERED)

    def greet(self, greeting: Hello) -> None:
        """Notes that the page shows exactly the sightings of `greeting` from now on."""
        self._ids = deque((record["id"] for record in reversed(greeting["sightings"])), REMEMBERED)

    def shown(self, event: SightingEvent, people: People) -> SightingEvent | SightingGone | None:
        """Returns what to send for `event`, or None. Takes back a shown sighting that is now of a hidden person."""
        sighting = event["sighting"]["id"]
        record = shown_record(event["sighting"], people)
        if record is not None:
            if sighting not in self._ids:
                self._ids.append(sighting)
            return event if people is None else {**event, "sighting": record}
        if sighting not in self._ids:
            return None
        self._ids.remove(sighting)
        return sighting_gone(sighting)


def shown_record(record: SightingRecord, people: People) -> SightingRecord | None:
    """Applies the rules of streams/records/withholding.py; None for a sighting of a person not among `people`."""
    if people is None:
        return record
    if record["person"] is None:
        return {**record, "distance": None, "margin": None, "withheld": True}
    return {**record, "margin": None} if record["person"]["id"] in people else None


def shown_frame(message: bytes, people: People) -> bytes:
    """Returns the binary message without the names of people not in `people`; unchanged if `people` is None."""
    if people is None:
        return message
    header, jpeg = unpack_frame(message)
    return pack_frame(shown_header(header, people), jpeg)


def shown_header(header: FrameHeader, people: frozenset[str]) -> FrameHeader:
    return {**header, "faces": [_shown_face(face, people) for face in header["faces"]]}


def _shown_face(face: FaceOverlay, people: frozenset[str]) -> FaceOverlay:
    if face["person"] is None:
        return {**face, "distance": None}
    if face["person"]["id"] in people:
        return face
    return {**face, "verdict": "withheld", "person": None, "distance": None}
