"""The looks at one sighting's face that may hint at a held picture, and what they say together."""

from __future__ import annotations

from statistics import fmean

LOOKS = 5
"""A single look errs too often (docs/liveness.md), so a face is judged by the mean of five."""
APART_S = 0.4
"""Looks at the next frame would see nearly the same picture again."""
LOOK_CLOSER_BELOW = 0.3
"""Mean of five looks at a face; 0 is a held picture, 1 is alive."""


class LivenessLooks:
    """Five looks for each track of a sighting: a face that comes back may be another one's picture."""

    def __init__(self) -> None:
        self.score: float | None = None
        """The lowest mean of five looks at one track; None before the first five."""
        self._scores: list[float] = []
        self.looked_s = float("-inf")

    @property
    def look_closer(self) -> bool:
        return self.score is not None and self.score < LOOK_CLOSER_BELOW

    def is_due(self, now_s: float) -> bool:
        return len(self._scores) < LOOKS and now_s - self.looked_s >= APART_S

    def add(self, score: float, now_s: float) -> None:
        self._scores.append(score)
        self.looked_s = now_s
        if len(self._scores) == LOOKS:
            self._settle(fmean(self._scores))

    def absorb(self, younger: LivenessLooks) -> None:
        """Goes on with the looks at the younger track of what turned out to be the same sighting."""
        self._scores, self.looked_s = younger._scores, younger.looked_s
        if younger.score is not None:
            self._settle(younger.score)

    def _settle(self, score: float) -> None:
        self.score = score if self.score is None else min(score, self.score)
