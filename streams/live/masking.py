"""What somebody who is limited to some people hears of the others on a live socket: nothing.

Frames and events are made once for all viewers; here each is cut to one viewer's people just before it is sent.
`people` everywhere: ids of those who may be seen; None: everybody, and things pass as they are.
"""

from __future__ import annotations

from collections import deque

from streams.wire.builders import sighting_gone
from streams.wire.frames import pack_frame, unpack_frame
from streams.wire.shapes import FaceOverlay, FrameHeader, Hello, SightingEvent, SightingGone, SightingRecord

People = frozenset[str] | None
# 150: the hundred sightings that a page holds, and some that it has let go.
REMEMBERED = 150


class SightingFeed:
    """The sightings that one viewer's page shows; by it a sighting can be taken back."""

    def __init__(self) -> None:
        self._ids: deque[str] = deque(maxlen=REMEMBERED)

    def greet(self, greeting: Hello) -> None:
        """The page shows these and nothing else from now on."""
        self._ids = deque((record["id"] for record in reversed(greeting["sightings"])), REMEMBERED)

    def shown(self, event: SightingEvent, people: People) -> SightingEvent | SightingGone | None:
        """What to say of `event`; None for nothing. A sighting that turned out to be of somebody else goes again."""
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
    """As streams/records/withholding.py has it; None for a sighting of somebody who is not among `people`."""
    if people is None:
        return record
    if record["person"] is None:
        return {**record, "distance": None, "margin": None, "withheld": True}
    return {**record, "margin": None} if record["person"]["id"] in people else None


def shown_frame(message: bytes, people: People) -> bytes:
    """A binary message with the faces of others made nameless; the very bytes for whoever may see everybody."""
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
