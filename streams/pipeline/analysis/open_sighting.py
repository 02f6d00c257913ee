"""One open sighting: who it may be, when it was seen, and the encoded faces that can become its detections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Image, Vector, Verdict
from streams.pipeline.analysis.identity import Decision, EncodingSample, Identity
from streams.pipeline.analysis.tracker import State, Track
from streams.pipeline.frames import Frame

FACES_KEPT = 6
"""Encoded faces kept per sighting with their crops, of at most 0.3 MB each.

The best ones pull its mean encoding most, so one of them nearly always says the same as the sighting.
"""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFace:
    """One encoded face of a sighting with its crop; detections are made from these."""

    captured_at: datetime
    taken_s: float
    box: Box
    frame_size_px: tuple[int, int]
    score: float
    quality: float
    vector: Vector
    crop: Image


@dataclass(slots=True, eq=False)
class OpenSighting:
    identity: Identity
    track: Track | None
    """None while the face is out of sight."""
    first_seen_at: datetime
    first_seen_s: float
    last_seen_s: float
    id: UUID = field(default_factory=uuid4)
    decision: Decision | None = None
    faces: list[EncodedFace] = field(default_factory=list)
    """The best ones, best first; of equals the newest first."""
    announced: bool = False
    strays: list[tuple[EncodingSample, EncodedFace]] = field(default_factory=list)
    """Encodings too far from the others: a single one is a bad frame, two that agree are somebody else."""

    def is_out_of_sight(self) -> bool:
        return self.track is None or self.track.state is State.LOST

    def is_in_doubt(self) -> bool:
        """Returns whether the face in sight may have become somebody else's."""
        return bool(self.identity.samples) and self.track is not None and self.track.doubtful

    @property
    def last_seen_at(self) -> datetime:
        """Counts from the first time: a clock that is set meanwhile makes no sighting longer or shorter."""
        return self.first_seen_at + timedelta(seconds=self.last_seen_s - self.first_seen_s)

    def seen(self, frame: Frame) -> None:
        self.last_seen_s = frame.monotonic_s

    def take(self, sample: EncodingSample, encoded_face: EncodedFace) -> None:
        self.identity.add(sample)
        self._keep([encoded_face])

    def absorb(self, other: OpenSighting) -> None:
        """Takes over the encodings and faces of a sighting that turned out to be the same one."""
        self.identity.absorb(other.identity)
        self._keep(other.faces)

    def _keep(self, faces: list[EncodedFace]) -> None:
        ranked = sorted([*self.faces, *faces], key=lambda face: (face.quality, face.taken_s), reverse=True)
        self.faces = ranked[:FACES_KEPT]

    def decide(self, gallery: Gallery, *, at_its_end: bool = False) -> None:
        """Decides the sighting anew, but a few worse faces do not lower a name to "review" in the same gallery.

        An announced sighting stays decided: somebody who was removed becomes unknown at once, not "pending".
        """
        before = self.decision
        decision = self.identity.decide(gallery, at_its_end=at_its_end or self.announced)
        if (
            before is not None
            and decision is not None
            and (before.verdict, decision.verdict) == (Verdict.MATCH, Verdict.REVIEW)
            and (before.person, before.match.gallery_version) == (decision.person, gallery.version)
        ):
            decision = Decision(Verdict.MATCH, before.person, before.match, before.votes)
        self.decision = decision
