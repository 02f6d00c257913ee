"""Decides when a sighting is reported: only after a change, and with few pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from uuid import UUID, uuid4

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Thresholds
from streams.pipeline.analysis.footage import FootageWatch
from streams.pipeline.analysis.identity import Decision
from streams.pipeline.analysis.open_sighting import OpenSighting
from streams.pipeline.analysis.open_sightings import PROVING
from streams.pipeline.analysis.pictures import SNAPSHOT_QUALITY, jpeg
from streams.pipeline.analysis.weighing import Headline, WeighedFace, best_for, weighed
from streams.pipeline.messages import MeanEncoding, NewDetection, SightingChange

STILL_HERE_S = 2.0
"""How old the last report may be while a sighting goes on."""
DETECTIONS_AT_MOST = 6
DETECTION_BETTER = 0.1
DETECTIONS_APART_S = 1.0


@dataclass(slots=True)
class Said:
    """What was reported of one sighting."""

    headline: Headline
    last_seen_s: float
    look_closer: bool = False
    pictured: dict[Headline, float] = field(default_factory=dict)
    """Quality (0 to 1) of the best face that was reported for each headline."""
    detections: int = 0
    weighed: int = 0
    """Number of encodings made of the sighting when its faces were last weighed."""
    encodings: int | None = None
    """Number of encodings made of the sighting when its mean encoding was last reported."""


class Reports:
    """Turns sightings into SightingChanges. The faces that it reports say the same as the sighting (weighing.py)."""

    def __init__(self, thresholds: Thresholds, engine: str, footage: FootageWatch | None = None) -> None:
        """`engine`: the key of the engine that makes the encodings. `footage` learns which looks decide."""
        self.thresholds, self._engine = thresholds, engine
        self._footage = footage or FootageWatch()
        self._said: dict[UUID, Said] = {}

    def change_engine(self, engine: str) -> None:
        """Takes the key of another engine; no encoding of it has been reported yet."""
        self._engine = engine
        for said in self._said.values():
            said.encodings = said.weighed = 0

    def changes(self, sightings: list[OpenSighting], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Returns changes of open sightings that were decided, decided differently, seen better, or are still here."""
        found = (
            self._change(sighting, sighting.decision, gallery, captured_at)
            for sighting in sightings
            if sighting.decision
        )
        return [change for change in found if change]

    def endings(self, sightings: list[OpenSighting], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Returns the last change of each sighting that is over; one that was never decided ends without a report.

        If no face was reported yet and none supports the decision, the best one is reported all the same.
        """
        endings = []
        for sighting in sightings:
            said = self._said.pop(sighting.id, None)
            if sighting.decision:
                face = None
                if said is None or not said.detections:
                    faces = weighed(sighting.faces, gallery, self.thresholds)
                    face = best_for(_headline(sighting.decision), faces) or next(iter(faces), None)
                new = said is None or said.encodings != sighting.identity.made
                encoding = self._encoding(sighting) if new else None
                endings.append(self._tell(sighting, sighting.decision, captured_at, face, encoding, ended=True))
        return endings

    def _change(
        self, sighting: OpenSighting, decision: Decision, gallery: Gallery, captured_at: datetime
    ) -> SightingChange | None:
        headline, said = _headline(decision), self._said.get(sighting.id)
        look_closer = sighting.liveness.look_closer
        decided_anew = said is None or (said.headline, said.look_closer) != (headline, look_closer)
        said = said or Said(headline, sighting.last_seen_s)
        face = self._new_face(sighting, headline, gallery, said) if _wants_face(said, headline, sighting) else None
        if not decided_anew and face is None and not _is_old(said, sighting):
            return None
        said.headline, said.last_seen_s, said.look_closer = headline, sighting.last_seen_s, look_closer
        self._said[sighting.id] = said
        sighting.announced = True
        encoding = None
        if face or said.encodings is None:
            encoding, said.encodings = self._encoding(sighting), sighting.identity.made
        return self._tell(sighting, decision, captured_at, face, encoding)

    def _new_face(self, sighting: OpenSighting, headline: Headline, gallery: Gallery, said: Said) -> WeighedFace | None:
        """Returns the face to report for the headline, or None if none supports it clearly better than before."""
        said.weighed = sighting.identity.made
        best = best_for(headline, weighed(sighting.faces, gallery, self.thresholds))
        before = said.pictured.get(headline)
        if best is None or (before is not None and best.face.quality <= before + DETECTION_BETTER):
            return None
        said.pictured[headline] = best.face.quality
        said.detections += 1
        return best

    def _encoding(self, sighting: OpenSighting) -> MeanEncoding | None:
        """Returns None if all faces are poor: their encodings lie near everybody's; every search would find them."""
        identity = sighting.identity
        if identity.best_quality < PROVING:
            return None
        return MeanEncoding(self._engine, identity.mean().tobytes(), min(1.0, identity.best_quality))

    def _tell(
        self,
        sighting: OpenSighting,
        decision: Decision,
        captured_at: datetime,
        face: WeighedFace | None,
        encoding: MeanEncoding | None,
        *,
        ended: bool = False,
    ) -> SightingChange:
        detection = _detection_of(face) if face else None
        if face and detection:
            self._footage.decided(sighting.id, detection.id, face.face)
        return SightingChange(
            id=sighting.id,
            captured_at=captured_at,
            first_seen_at=sighting.first_seen_at,
            last_seen_at=sighting.last_seen_at,
            ended=ended,
            verdict=decision.verdict,
            person=decision.person,
            distance=_finite(decision.match.distance),
            margin=_finite(decision.match.margin),
            thresholds=decision.thresholds,
            votes=decision.votes,
            encodings=sighting.identity.made,
            gallery_version=decision.match.gallery_version,
            detections=(detection,) if detection else (),
            encoding=encoding,
            look_closer=sighting.liveness.look_closer,
            liveness=sighting.liveness.score,
            refused_by=decision.refused_by,
        )


def _headline(decision: Decision) -> Headline:
    return decision.verdict, decision.person


def _wants_face(said: Said, headline: Headline, sighting: OpenSighting) -> bool:
    """Returns whether to look for a face to report: the first for a headline, or a clearly better one a while later."""
    is_first = headline not in said.pictured
    if said.weighed == sighting.identity.made and not (is_first and headline != said.headline):
        return False  # the same faces were weighed before
    if is_first:
        return True
    if said.detections >= DETECTIONS_AT_MOST or not sighting.faces:
        return False
    best = sighting.faces[0]
    better = best.quality > said.pictured[headline] + DETECTION_BETTER
    return better and best.taken_s - said.last_seen_s >= DETECTIONS_APART_S


def _detection_of(weighed_face: WeighedFace) -> NewDetection:
    face, match = weighed_face.face, weighed_face.match
    width_px, height_px = face.frame_size_px
    return NewDetection(
        id=uuid4(),
        captured_at=face.captured_at,
        box=face.box,
        frame_width_px=width_px,
        frame_height_px=height_px,
        score=float(face.score),
        quality=float(min(1.0, max(0.0, face.quality))),
        verdict=weighed_face.verdict,
        person=match.person,
        distance=_finite(match.distance),
        margin=_finite(match.margin),
        gallery_version=match.gallery_version,
        snapshot=jpeg(face.crop, SNAPSHOT_QUALITY),
    )


def _is_old(said: Said, sighting: OpenSighting) -> bool:
    return sighting.last_seen_s - said.last_seen_s >= STILL_HERE_S


def _finite(value: float) -> float | None:
    """Returns None for infinity (distance in an empty gallery, margin in a gallery of one): rows and JSON have none."""
    return float(value) if isfinite(value) else None
