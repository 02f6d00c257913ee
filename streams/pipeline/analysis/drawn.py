"""What is drawn at a face: what people say of its sighting, or else what the machine has decided."""

from __future__ import annotations

from people.recognition.types import Verdict
from streams.pipeline.analysis.identity import Decision
from streams.pipeline.analysis.tracker import Track
from streams.pipeline.messages import SaidOfFace, TrackedFace


def drawn(track: Track, decision: Decision | None, said: SaidOfFace | None) -> TrackedFace | None:
    """Returns the face to draw, or None if somebody said that it is none."""
    if said is not None and said.is_said:
        if said.verdict is None:
            return None
        return TrackedFace(track.id, track.predicted, said.verdict, said.person, None, said.name)
    if decision is None:
        return TrackedFace(track.id, track.predicted, None, None, None)
    distance = decision.match.distance if decision.match.distance < 2 else None
    name = said.name if said and decision.verdict is Verdict.UNKNOWN else ""
    return TrackedFace(track.id, track.predicted, decision.verdict, decision.person, distance, name)
