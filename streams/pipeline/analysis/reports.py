"""What is said of a visit, and when: something must have changed, and pictures are few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from uuid import UUID, uuid4

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Thresholds, Verdict
from streams.pipeline.analysis.identity import Decision
from streams.pipeline.analysis.pictures import SNAPSHOT_QUALITY, jpeg
from streams.pipeline.analysis.sighting import Shot, Visit
from streams.pipeline.analysis.sightings import PROVING
from streams.pipeline.messages import Evidence, SightingChange, VisitEncoding

STILL_HERE_S = 2.0
"""How old the last word may be while a visit goes on."""
EVIDENCE_AT_MOST = 6
EVIDENCE_BETTER = 0.1
EVIDENCE_APART_S = 1.0


@dataclass(slots=True)
class Said:
    """What was last told of one visit."""

    verdict: Verdict
    person: str | None
    last_seen_s: float
    evidence: int
    best_quality: float
    encodings: int = 0
    """Made of the visit when its encoding was last told."""


class Reports:
    """Turns visits into SightingChanges."""

    def __init__(self, thresholds: Thresholds, engine: str) -> None:
        """`engine`: the key of the one that makes the encodings."""
        self.thresholds, self._engine = thresholds, engine
        self._said: dict[UUID, Said] = {}

    def changes(self, visits: list[Visit], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Of open visits: those that were decided, decided differently, seen better, or are still here."""
        found = (self._change(visit, visit.decision, gallery, captured_at) for visit in visits if visit.decision)
        return [change for change in found if change]

    def endings(self, visits: list[Visit], gallery: Gallery, captured_at: datetime) -> list[SightingChange]:
        """Of visits that are over. What was never decided ends as silently as it came."""
        endings = []
        for visit in visits:
            said = self._said.pop(visit.id, None)
            if visit.decision:
                evidence = self._evidence([] if said else [visit.best], gallery)
                new = said is None or said.encodings != visit.identity.made
                encoding = self._encoding(visit) if new else None
                endings.append(self._tell(visit, visit.decision, captured_at, evidence, encoding, ended=True))
        return endings

    def _change(
        self, visit: Visit, decision: Decision, gallery: Gallery, captured_at: datetime
    ) -> SightingChange | None:
        said = self._said.get(visit.id)
        decided_anew = said is None or (said.verdict, said.person) != (decision.verdict, decision.person)
        shot = visit.best if decided_anew else self._better_shot(visit, said)
        if said and not decided_anew and shot is None and not _is_old(said, visit):
            return None
        if said and said.evidence >= EVIDENCE_AT_MOST:
            shot = None
        self._said[visit.id] = Said(
            decision.verdict,
            decision.person,
            visit.last_seen_s,
            (said.evidence if said else 0) + (shot is not None),
            max(said.best_quality if said else 0.0, shot.quality if shot else 0.0),
            visit.identity.made if shot or said is None else said.encodings,
        )
        visit.announced = True
        encoding = self._encoding(visit) if shot else None
        return self._tell(visit, decision, captured_at, self._evidence([shot], gallery), encoding)

    def _better_shot(self, visit: Visit, said: Said | None) -> Shot | None:
        shot = visit.best
        if shot is None or said is None or said.evidence >= EVIDENCE_AT_MOST:
            return None
        better = shot.quality > said.best_quality + EVIDENCE_BETTER
        apart = shot.taken_s - said.last_seen_s >= EVIDENCE_APART_S
        return shot if better and apart else None

    def _evidence(self, shots: list[Shot | None], gallery: Gallery) -> tuple[Evidence, ...]:
        return tuple(self._evidence_of(shot, gallery) for shot in shots if shot)

    def _evidence_of(self, shot: Shot, gallery: Gallery) -> Evidence:
        match = gallery.identify(shot.vector)
        width_px, height_px = shot.frame_size_px
        return Evidence(
            id=uuid4(),
            captured_at=shot.captured_at,
            box=shot.box,
            frame_width_px=width_px,
            frame_height_px=height_px,
            score=float(shot.score),
            quality=float(min(1.0, max(0.0, shot.quality))),
            verdict=self.thresholds.decide(match),
            person=match.person,
            distance=_finite(match.distance),
            margin=_finite(match.margin),
            gallery_version=match.gallery_version,
            snapshot=jpeg(shot.crop, SNAPSHOT_QUALITY),
        )

    def _encoding(self, visit: Visit) -> VisitEncoding | None:
        """None of poor pictures alone: their encodings lie near everybody's, and every search would find them."""
        identity = visit.identity
        if identity.best_quality < PROVING:
            return None
        return VisitEncoding(self._engine, identity.mean().tobytes(), min(1.0, identity.best_quality))

    def _tell(
        self,
        visit: Visit,
        decision: Decision,
        captured_at: datetime,
        evidence: tuple[Evidence, ...],
        encoding: VisitEncoding | None,
        *,
        ended: bool = False,
    ) -> SightingChange:
        return SightingChange(
            id=visit.id,
            captured_at=captured_at,
            first_seen_at=visit.first_seen_at,
            last_seen_at=visit.last_seen_at,
            ended=ended,
            verdict=decision.verdict,
            person=decision.person,
            distance=_finite(decision.match.distance),
            margin=_finite(decision.match.margin),
            thresholds=self.thresholds,
            votes=decision.votes,
            encodings=visit.identity.made,
            gallery_version=decision.match.gallery_version,
            evidence=evidence,
            encoding=encoding,
        )


def _is_old(said: Said, visit: Visit) -> bool:
    return visit.last_seen_s - said.last_seen_s >= STILL_HERE_S


def _finite(value: float) -> float | None:
    """Distances of an empty gallery and margins of a gallery of one are infinite; rows and JSON have None."""
    return float(value) if isfinite(value) else None
