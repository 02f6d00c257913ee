"""How far apart a gallery's own faces are, and which threshold follows from that for a wanted rate of false names.

Genuine: a photo against the template of the same person made without that photo. Impostor: a photo against the
template of everybody else: what a stranger's face meets. A probe is compared with all N people, so a rate `f` for
one comparison becomes 1 - (1 - f)^N for a probe. The distances come from people/recognition/gallery/measuring.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from people.recognition.gallery.histogram import Histogram

FEWEST_PEOPLE = 10
"""45 pairs of people: fewer say nothing about strangers."""
LOOSEST = 0.42
"""What dlib's usual 0.6 is on unit vectors: with it 11 % of strangers were named among 14 people (docs/accuracy.md)."""
ENOUGH_ERRORS = 10
"""False matches that must be expected among the comparisons for a rate to be read off instead of extrapolated."""


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
    """Read off the comparisons; else extrapolated by a normal curve through them."""
    capped: bool
    """The wanted rate would allow more than LOOSEST."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the gallery's own faces say."""

    people: int
    photos: int
    compared: int
    """Photos that were compared: fewer than `photos` in a very large gallery."""
    genuine: Histogram
    impostor: Histogram
    close: tuple[ClosePair, ...]
    """Nearest first, at most a thousand. One person enrolled twice is left out of `impostor`."""

    @property
    def is_telling(self) -> bool:
        """Whether there are enough people to say anything about strangers."""
        return self.people >= FEWEST_PEOPLE and self.impostor.count > 0

    def false_match_rate(self, threshold: float) -> float | None:
        """Chance that a stranger is given any name in a gallery of this size. 0 to 1; None unless it is telling."""
        return of_gallery(self._rate(threshold), self.people) if self.is_telling else None

    def miss_rate(self, threshold: float) -> float:
        """Share of photos that lie further from their own person. 0 to 1."""
        return 1 - self.genuine.share_within(threshold)

    def suggest(self, wanted: float) -> Suggestion | None:
        """The threshold at which a stranger is given a name with the chance `wanted` (0 to 1, exclusive).

        None where too few people are enrolled to say anything.
        """
        if not 0 < wanted < 1:
            raise ValueError(f"expected a rate between 0 and 1, got {wanted}")
        if not self.is_telling:
            return None
        rate = of_comparison(wanted, self.people)
        measured = rate * self.impostor.count >= ENOUGH_ERRORS
        match = self.impostor.quantile(rate) if measured else self._curve().inv_cdf(rate)
        # Rounded down: never looser than wanted.
        match = math.floor(min(match, LOOSEST) * 1000) / 1000
        return Suggestion(max(match, 0.001), measured, capped=match >= LOOSEST)

    def is_measured(self, threshold: float) -> bool:
        """Whether enough comparisons lie within the threshold to count them."""
        return self.impostor.share_within(threshold) * self.impostor.count >= ENOUGH_ERRORS

    def _rate(self, threshold: float) -> float:
        """Of one comparison: counted where there is enough to count, else from the curve."""
        share = self.impostor.share_within(threshold)
        return share if self.is_measured(threshold) else max(share, self._curve().cdf(threshold))

    def _curve(self) -> NormalDist:
        return NormalDist(self.impostor.mean, max(self.impostor.deviation, 1e-6))


def of_gallery(rate: float, people: int) -> float:
    """The chance that one of `people` comparisons matches falsely: 1 - (1 - rate)^people, exact for small rates."""
    return -math.expm1(people * math.log1p(-min(rate, 1 - 1e-12)))


def of_comparison(rate: float, people: int) -> float:
    """The other way round: what one comparison may have, so that `people` of them have `rate`."""
    return -math.expm1(math.log1p(-rate) / max(people, 1))
