"""Weighs the faces of a sighting: what each says by itself, and which one may stand below the sighting's headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Match, Thresholds, Verdict
from streams.pipeline.analysis.open_sighting import EncodedFace

Headline = tuple[Verdict, str | None]
"""What a sighting says: its verdict, and the person whom it names or suggests (None for unknown)."""


@dataclass(frozen=True, slots=True)
class WeighedFace:
    """An encoded face, with the match and verdict of its own encoding."""

    face: EncodedFace
    match: Match
    verdict: Verdict

    def supports(self, headline: Headline) -> bool:
        """Returns whether a picture of this face may stand below the headline.

        An unknown sighting wants a face that is unknown; a name wants a face of that name, for sure or for review; a
        suggestion wants one that is nearest to the suggested person. (Of rows: DetectionQuerySet.supporting.)
        """
        verdict, person = headline
        if verdict is Verdict.UNKNOWN:
            return self.verdict is Verdict.UNKNOWN
        return self.match.person == person and (verdict is Verdict.REVIEW or self.verdict is not Verdict.UNKNOWN)


def weighed(faces: Sequence[EncodedFace], gallery: Gallery, thresholds: Thresholds) -> list[WeighedFace]:
    """Returns the faces in the same order; a large gallery is read only once."""
    if not faces:
        return []
    matches = gallery.identify_many(np.stack([face.vector for face in faces]))
    return [WeighedFace(face, match, thresholds.decide(match)) for face, match in zip(faces, matches, strict=True)]


def best_for(headline: Headline, faces: Sequence[WeighedFace]) -> WeighedFace | None:
    """Returns the best face with the headline's own verdict; else the best that supports it; None if none does."""
    supporting = [one for one in faces if one.supports(headline)]
    return max(supporting, key=lambda one: (one.verdict is headline[0], one.face.quality), default=None)
