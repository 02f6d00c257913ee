"""Decides when a sighting is reported: only after a change, and with few pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from uuid import UUID, uuid4

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Thresholds, Verdict
from streams.pipeline.analysis.identity import Decision
from streams.pipeline.analysis.open_sighting import EncodedFace, OpenSighting
from streams.pipeline.analysis.open_sightings import PROVING
from streams.pipeline.analysis.pictures import SNAPSHOT_QUALITY, jpeg
from streams.pipeline.messages import MeanEncoding, NewDetection, SightingChange

STILL_HERE_S = 2.0
"""How old the last report may be while a sighting goes on."""
DETECTIONS_AT_MOST = 6
DETECTION_BETTER = 0.1
DETECTIONS_APART_S = 1.0


@dataclass(slots=True)
class Said:
    """The last report of one sighting."""

    verdict: Verdict
    person: str | None
    last_seen_s: float
    detections: int
    best_quality: float
    encodings: int = 0
    """Number of encodings made of the sighting when its mean encoding was last reported."""


class Reports:
    """Turns sightings into SightingChanges."""

    def __init__(self, thresholds: Thresholds, engine: str) -> None:
        """`engine`: the key of the engine that makes the encodings."""
        self.thresholds, self._engine = thresholds, engine
        self._said: dict[UUID, Said] = {}

    def changes(self, sightings: list[OpenSighting], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Returns changes of open sightings that were decided, decided differently, seen better, or are still here."""
        found = (
            self._change(sighting, sighting.decision, gallery, captured_at)
            for sighting in sightings
            if sighting.decision
        )
        return [change for change in found if change]

    def endings(self, sightings: list[OpenSighting], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Returns the last change of each sighting that is over; one that was never decided ends without a report."""
        endings = []
        for sighting in sightings:
            said = self._said.pop(sighting.id, None)
            if sighting.decision:
                detections = self._detections([] if said else [sighting.best], gallery)
                new = said is None or said.encodings != sighting.identity.made
                encoding = self._encoding(sighting) if new else None
                endings.append(self._tell(sighting, sighting.decision, captured_at, detections, encoding, ended=True))
        return endings

    def _change(
        self, sighting: OpenSighting, decision: Decision, gallery: Gallery, captured_at: datetime
    ) -> SightingChange | None:
        said = self._said.get(sighting.id)
        decided_anew = said is None or (said.verdict, said.person) != (decision.verdict, decision.person)
        encoded_face = sighting.best if decided_anew else self._better_encoded_face(sighting, said)
        if said and not decided_anew and encoded_face is None and not _is_old(said, sighting):
            return None
        if said and said.detections >= DETECTIONS_AT_MOST:
            encoded_face = None
        self._said[sighting.id] = Said(
            decision.verdict,
            decision.person,
            sighting.last_seen_s,
            (said.detections if said else 0) + (encoded_face is not None),
            max(said.best_quality if said else 0.0, encoded_face.quality if encoded_face else 0.0),
            sighting.identity.made if encoded_face or said is None else said.encodings,
        )
        sighting.announced = True
        encoding = self._encoding(sighting) if encoded_face else None
        return self._tell(sighting, decision, captured_at, self._detections([encoded_face], gallery), encoding)

    def _better_encoded_face(self, sighting: OpenSighting, said: Said | None) -> EncodedFace | None:
        encoded_face = sighting.best
        if encoded_face is None or said is None or said.detections >= DETECTIONS_AT_MOST:
            return None
        better = encoded_face.quality > said.best_quality + DETECTION_BETTER
        apart = encoded_face.taken_s - said.last_seen_s >= DETECTIONS_APART_S
        return encoded_face if better and apart else None

    def _detections(self, encoded_faces: list[EncodedFace | None], gallery: Gallery) -> tuple[NewDetection, ...]:
        return tuple(self._detection_of(encoded_face, gallery) for encoded_face in encoded_faces if encoded_face)

    def _detection_of(self, encoded_face: EncodedFace, gallery: Gallery) -> NewDetection:
        match = gallery.identify(encoded_face.vector)
        width_px, height_px = encoded_face.frame_size_px
        return NewDetection(
            id=uuid4(),
            captured_at=encoded_face.captured_at,
            box=encoded_face.box,
            frame_width_px=width_px,
            frame_height_px=height_px,
            score=float(encoded_face.score),
            quality=float(min(1.0, max(0.0, encoded_face.quality))),
            verdict=self.thresholds.decide(match),
            person=match.person,
            distance=_finite(match.distance),
            margin=_finite(match.margin),
            gallery_version=match.gallery_version,
            snapshot=jpeg(encoded_face.crop, SNAPSHOT_QUALITY),
        )

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
        detections: tuple[NewDetection, ...],
        encoding: MeanEncoding | None,
        *,
        ended: bool = False,
    ) -> SightingChange:
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
            thresholds=self.thresholds,
            votes=decision.votes,
            encodings=sighting.identity.made,
            gallery_version=decision.match.gallery_version,
            detections=detections,
            encoding=encoding,
        )


def _is_old(said: Said, sighting: OpenSighting) -> bool:
    return sighting.last_seen_s - said.last_seen_s >= STILL_HERE_S


def _finite(value: float) -> float | None:
    """Returns None for infinity (distance in an empty gallery, margin in a gallery of one): rows and JSON have none."""
    return float(value) if isfinite(value) else None
