"""Tells how well a person's photos cover the person: how many are good, whether they differ, whether one is odd.

The numbers come from 81 photos of 17 people (docs/accuracy.md). In 95 of 100 cases another photo of the same person
lies within 0.32 of one photo, within 0.27 of two, 0.23 of three, 0.22 of four and 0.19 of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from people.recognition.types import Matrix

GOOD = 0.5
"""A photo is good from this quality on; ordinary photos are above it."""
ENOUGH, FULL = 3, 5
PERCENT_BY_NUMBER = (0, 30, 60, 80, 90, 100)
"""Percent by the number of good photos, following the distances above."""
ALIKE_PERCENT, DOUBTFUL_PERCENT = 50, 40
"""The most that photos get if they look alike, and if one of them may show somebody else."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of one person in the gallery in use."""

    photos: int
    good: int
    spread: float | None
    """Mean distance between two photos; None with fewer than two."""
    odd: int | None
    """Row of the photo that is unlike the others; None if there is none, or fewer than three photos to tell by."""
    is_alike: bool = False
    """Whether all photos seem to be of one sitting."""

    @property
    def percent(self) -> int:
        """Returns 0 to 100; three good photos that differ give 80."""
        by_number = PERCENT_BY_NUMBER[min(self.good or min(self.photos, 1), FULL)]
        if self.odd is not None:
            return min(by_number, DOUBTFUL_PERCENT)
        return min(by_number, ALIKE_PERCENT) if self.is_alike else by_number

    @property
    def word(self) -> str:
        """Returns the coverage in one or two words, for lists."""
        if not self.photos:
            return "not recognised"
        if self.odd is not None:
            return "one is odd"
        if self.is_alike:
            return "all alike"
        return "good" if self.good >= ENOUGH else "little" if self.good < 2 else "fair"

    @property
    def advice(self) -> str:
        """Returns what helps most now, in one or two sentences."""
        if not self.photos:
            return "Without an enrolled photo this person is not recognised. Add one."
        if self.odd is not None:
            return "One photo is unlike the others. Check that it shows this person."
        if not self.good:
            return "The photos are poor. Add one that is sharp, well lit, and looks at the camera."
        if self.photos == 1:
            return "One photo is little. Add two more, from other days."
        if self.is_alike:
            return "All photos look alike. Add one from another day, in other light."
        if self.good < ENOUGH:
            return "Recognised well; surer still with another good photo, from another day."
        return "Well covered: several good photos that differ."


def coverage(vectors: Matrix, qualities: Sequence[float], *, match: float, alike: float) -> Coverage:
    """Rates one person's encodings, (n, width) of unit length.

    `match` is the distance up to which a face gets a name, `alike` the mean distance of photos of one sitting.
    """
    count = len(vectors)
    good = sum(quality >= GOOD for quality in qualities)
    if count < 2:
        return Coverage(count, good, None, None)
    cosines = vectors @ vectors.T
    apart = np.sqrt(np.maximum(0, 2 - 2 * cosines[np.triu_indices(count, 1)]))
    spread = float(apart.mean())
    return Coverage(count, good, spread, _odd(vectors, match) if count > 2 else None, spread < alike)


def _odd(vectors: Matrix, match: float) -> int | None:
    """Returns the furthest photo that the person's other photos would not recognise, or None."""
    others = vectors.sum(axis=0) - vectors
    others /= np.maximum(np.linalg.norm(others, axis=1, keepdims=True), 1e-9)
    distances = np.linalg.norm(vectors - others, axis=1)
    furthest = int(distances.argmax())
    return furthest if distances[furthest] > match else None
