"""Tells how far apart a gallery's own faces are, and which threshold gives a wanted rate of false names.

Genuine: a photo is compared with a template of the same person made without that photo. Impostor: a photo is compared
with the template of another person, as a stranger's face would be. A probe is compared with all N people, so a rate `f`
for one comparison becomes 1 - (1 - f)^N for a probe. people/recognition/gallery/measuring.py measures the distances.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from people.recognition.engine.distances import DLIB, Distances
from people.recognition.gallery.histogram import Histogram

FEWEST_PEOPLE = 10
"""10 people make 45 pairs; fewer say nothing about strangers."""
ENOUGH_ERRORS = 10
"""A rate is counted if this many false matches are expected among the comparisons, else it is extrapolated."""


@dataclass(frozen=True, slots=True)
class ClosePair:
    """Two people whose templates lie within the threshold of each other: twins, or one person enrolled twice."""

    one: str
    other: str
    distance: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A match threshold for the wanted rate."""

    match: float
    measured: bool
    """Whether the threshold was counted from the comparisons; else a normal curve through them was extrapolated."""
    capped: bool
    """Whether the wanted rate would allow more than the engine's loosest distance."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the gallery's own faces say about thresholds."""

    people: int
    photos: int
    compared: int
    """Number of photos that were compared; fewer than `photos` in a very large gallery."""
    genuine: Histogram
    impostor: Histogram
    close: tuple[ClosePair, ...]
    """Nearest first, at most a thousand. `impostor` leaves out pairs that look like one person enrolled twice."""
    distances: Distances = DLIB
    """Those of the engine that made the encodings."""
    confirmed: int = 0
    """Looks of cameras, said to be a person, that are among `genuine` and `impostor`."""
    rejected: int = 0
    """Looks of cameras, said not to be the person whom they were taken for, that are among `impostor`."""

    @property
    def is_telling(self) -> bool:
        """Returns whether there are enough people to say anything about strangers."""
        return self.people >= FEWEST_PEOPLE and self.impostor.count > 0

    def false_match_rate(self, threshold: float) -> float | None:
        """Returns the chance (0 to 1) that a stranger gets any name in this gallery; None unless it is telling."""
        return of_gallery(self._rate(threshold), self.people) if self.is_telling else None

    def miss_rate(self, threshold: float) -> float:
        """Returns the share of photos (0 to 1) that lie further than `threshold` from their own person."""
        return 1 - self.genuine.share_within(threshold)

    def suggest(self, wanted: float) -> Suggestion | None:
        """Returns the threshold at which a stranger gets a name with the chance `wanted` (0 to 1, exclusive).

        Returns None if too few people are enrolled to say anything. Raises ValueError for any other `wanted`.
        """
        if not 0 < wanted < 1:
            raise ValueError(f"expected a rate between 0 and 1, got {wanted}")
        if not self.is_telling:
            return None
        rate = of_comparison(wanted, self.people)
        measured = rate * self.impostor.count >= ENOUGH_ERRORS
        match = self.impostor.quantile(rate) if measured else self._curve().inv_cdf(rate)
        # Rounded down, so that it is never looser than wanted.
        match = math.floor(min(match, self.distances.loosest) * 1000) / 1000
        return Suggestion(max(match, 0.001), measured, capped=match >= self.distances.loosest)

    def is_measured(self, threshold: float) -> bool:
        """Returns whether enough comparisons lie within the threshold to count them."""
        return self.impostor.share_within(threshold) * self.impostor.count >= ENOUGH_ERRORS

    def _rate(self, threshold: float) -> float:
        """Returns the rate of one comparison: counted if there is enough to count, else read off the curve."""
        share = self.impostor.share_within(threshold)
        return share if self.is_measured(threshold) else max(share, self._curve().cdf(threshold))

    def _curve(self) -> NormalDist:
        return NormalDist(self.impostor.mean, max(self.impostor.deviation, 1e-6))


def of_gallery(rate: float, people: int) -> float:
    """Returns the chance that any of `people` comparisons matches falsely: 1 - (1 - rate)^people.

    The result is exact for small rates too.
    """
    return -math.expm1(people * math.log1p(-min(rate, 1 - 1e-12)))


def of_comparison(rate: float, people: int) -> float:
    """Returns the rate that one comparison may have so that `people` of them have `rate`: the reverse of of_gallery."""
    return -math.expm1(math.log1p(-rate) / max(people, 1))
