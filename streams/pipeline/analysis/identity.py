"""The identity of a sighting: the encodings made of it, their votes, and the decision that follows from both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Match, Thresholds, Vector, Verdict

DECENT = 0.3
"""Quality from which an encoding counts in full; below, it counts less, down to nothing at quality 0."""
NAMED_AT = 2.0
"""Encodings that a name needs (sum of their weights): one bad frame names nobody."""
UNNAMED_AT = 3.0
"""Encodings that "unknown" or "to review" needs: a face that has just appeared gets time to be seen better."""
KEPT = 12
"""Encodings kept per sighting: more do not improve the mean, and a sighting of an hour must not grow."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodingSample:
    """One encoding of a sighting."""

    vector: Vector
    quality: float
    taken_s: float

    @property
    def weight(self) -> float:
        return min(1.0, self.quality / DECENT)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of a sighting's encodings in one gallery. `person` is None only for unknown."""

    verdict: Verdict
    person: str | None
    match: Match
    """The match of the mean encoding."""
    votes: int
    """Number of encodings that agree."""
    thresholds: Thresholds
    """Those it was made with; distances of one engine say nothing beside the thresholds of another."""

    @property
    def refused_by(self) -> int | None:
        """Returns the counter-example without which it would name or suggest somebody else."""
        return self.thresholds.decisive(self.match)


def mean_of(samples: Sequence[EncodingSample]) -> Vector:
    """Returns (width,) float32 of unit length; better samples count more. Needs at least one sample."""
    weights = np.array([max(sample.quality, 0.02) for sample in samples], np.float32)
    mean = weights @ np.stack([sample.vector for sample in samples])
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6), np.float32)


class Identity:
    """Holds the encodings of one sighting; the sighting is decided anew when one is added or the gallery changes."""

    def __init__(self, thresholds: Thresholds, ballot_slack: float) -> None:
        """`ballot_slack`: how far beyond the review threshold a vote may lie, as in Distances."""
        self.thresholds, self._ballot_slack = thresholds, ballot_slack
        self.samples: list[EncodingSample] = []
        self.made = 0
        """Number of encodings made of the sighting, kept or not."""
        self.tried_s = self.judged_s = float("-inf")
        """When the last encoding was made, and when the quality of the face was last judged."""

    def restart(self, ballot_slack: float) -> None:
        """Drops all encodings, because another engine makes them from now on."""
        self._ballot_slack, self.samples, self.made = ballot_slack, [], 0
        self.tried_s = self.judged_s = float("-inf")

    def add(self, sample: EncodingSample) -> None:
        self.made += 1
        self.tried_s = sample.taken_s
        self.samples.append(sample)
        if len(self.samples) > KEPT:
            worst = min(range(KEPT), key=lambda number: self.samples[number].quality)  # the oldest of equals
            del self.samples[worst]

    def absorb(self, other: Identity) -> None:
        """Takes over the encodings of a sighting that turned out to be the same one."""
        made = self.made + other.made
        for sample in other.samples:
            self.add(sample)
        self.made = made

    @property
    def best_quality(self) -> float:
        return max((sample.quality for sample in self.samples), default=0.0)

    @property
    def weight(self) -> float:
        return sum(sample.weight for sample in self.samples)

    def mean(self) -> Vector:
        return mean_of(self.samples)

    def distance_to(self, vector: Vector) -> float:
        """Returns the distance from this sighting's mean to `vector`; infinite while there is no mean."""
        return float(np.linalg.norm(self.mean() - vector)) if self.samples else float("inf")

    def decide(self, gallery: Gallery, *, at_its_end: bool = False) -> Decision | None:
        """Returns the decision, or None while the encodings do not suffice.

        `at_its_end`: no better face will come, so fewer encodings suffice for unknown or review.
        """
        if not self.samples or not (at_its_end or self.weight >= NAMED_AT):
            return None
        # One call for all encodings reads a large gallery only once.
        match, *matches = gallery.identify_many(np.stack([self.mean(), *(sample.vector for sample in self.samples)]))
        verdict, votes = self._verdict(match, matches)
        if verdict is Verdict.MATCH and self.weight < NAMED_AT:
            verdict = Verdict.REVIEW
        if verdict is not Verdict.MATCH and not at_its_end and self.weight < UNNAMED_AT:
            return None
        return Decision(verdict, None if verdict is Verdict.UNKNOWN else match.person, match, votes, self.thresholds)

    def _verdict(self, match: Match, matches: Sequence[Match]) -> tuple[Verdict, int]:
        """Returns the mean's verdict and the votes for it; review if the votes of `matches` do not support a name."""
        verdict = self.thresholds.decide(match)
        if verdict is Verdict.UNKNOWN:
            return verdict, sum(self.thresholds.decide(one) is Verdict.UNKNOWN for one in matches)
        ballots = Counter(self._ballot(one) for one in matches)
        votes = ballots[match.person]
        others = max((number for who, number in ballots.items() if who not in {None, match.person}), default=0)
        if verdict is Verdict.MATCH and (votes <= others or votes < 2):
            return Verdict.REVIEW, votes  # a tie names nobody
        return verdict, votes

    def _ballot(self, match: Match) -> str | None:
        """Returns the person that one encoding votes for, or None."""
        return match.person if match.distance <= self.thresholds.review + self._ballot_slack else None
