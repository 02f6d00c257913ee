"""One open sighting: who it may be, when it was seen, and the encoded faces that can become its detections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from uuid import UUID, uuid4

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Image, Match, Vector, Verdict
from streams.pipeline.analysis.identity import Decision, EncodingSample, Identity
from streams.pipeline.analysis.liveness_looks import LivenessLooks
from streams.pipeline.analysis.tracker import State, Track
from streams.pipeline.frames import Frame

FACES_KEPT = 6
"""Encoded faces kept per sighting with their crops, of at most 0.3 MB each, and whole frames of 0.1 MB.

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
    whole: bytes = b""
    """JPEG of the whole frame, if the camera keeps these; faces of one frame share it."""


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
    liveness: LivenessLooks = field(default_factory=LivenessLooks)
    announced: bool = False
    is_carried: bool = False
    """Whether its decision rests on encodings of an engine that was in use before, until new ones suffice."""
    strays: list[tuple[EncodingSample, EncodedFace]] = field(default_factory=list)
    """Encodings too far from the others: a single one is a bad frame, two that agree are somebody else."""

    def is_out_of_sight(self) -> bool:
        return self.track is None or self.track.state is State.LOST

    def is_in_doubt(self) -> bool:
        """Returns whether the face in sight may have become somebody else's."""
        known = self.is_carried or bool(self.identity.samples)
        return known and self.track is not None and self.track.doubtful

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
        self.liveness.absorb(other.liveness)
        self._keep(other.faces)

    def _keep(self, faces: list[EncodedFace]) -> None:
        ranked = sorted([*self.faces, *faces], key=lambda face: (face.quality, face.taken_s), reverse=True)
        self.faces = ranked[:FACES_KEPT]

    def change_engine(self, ballot_slack: float) -> None:
        """Keeps the decision and drops the encodings: another engine makes them from now on."""
        self.identity.restart(ballot_slack)
        self.faces, self.strays = [], []
        self.is_carried = self.decision is not None

    def decide(self, gallery: Gallery, *, at_its_end: bool = False) -> None:
        """Decides the sighting anew, but a few worse faces do not lower a name to "review" in the same gallery.

        An announced sighting stays decided: somebody who was removed becomes unknown at once, not "pending".
        """
        before = self.decision
        is_enough = at_its_end or (self.announced and not self.is_carried)
        decision = self.identity.decide(gallery, at_its_end=is_enough)
        if self.is_carried and decision is None:
            self.decision = self._carried_into(gallery)
            return
        self.is_carried = False
        if (
            before is not None
            and decision is not None
            and (before.verdict, decision.verdict) == (Verdict.MATCH, Verdict.REVIEW)
            and (before.person, before.match.gallery_version) == (decision.person, gallery.version)
        ):
            decision = before
        self.decision = decision

    def _carried_into(self, gallery: Gallery) -> Decision | None:
        """Returns the decision from before, or one for nobody if its person is not in this gallery."""
        before = self.decision
        if before is None or before.person is None or before.person in gallery:
            return before
        nobody = Match(None, inf, inf, None, gallery.version)
        return Decision(Verdict.UNKNOWN, None, nobody, 0, self.identity.thresholds)
