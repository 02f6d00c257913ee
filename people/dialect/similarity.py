"""Our distances and scores as CompreFace's similarities and probabilities: 0 to 1, higher is surer.

Its clients compare with a number of their own, usually 0.5 to 0.9. So 0.9 is where this site gives a name by itself
and 0.5 where it would still ask a person: similarity = 1 / (1 + 9 ^ ((distance - review) / (review - match))).
"""

from __future__ import annotations

from math import log

from people.recognition.types import Thresholds

DIGITS = 5
NARROWEST_BAND = 0.01
"""Where a site has no review band the curve is this steep, not infinitely so."""
SURE_SCORE = 0.6
"""The detector's score of a face that is certainly one (recognition/reading/photo.py): 0.9; its limit of 0 is 0.5."""
HIGHEST = 50.0
"""Exponent beyond which everything rounds to 0 or 1 anyway."""


def similarity(distance: float, thresholds: Thresholds) -> float:
    """Strictly falling with the distance before rounding: 0.9 at the match, 0.5 at the review threshold."""
    band = max(thresholds.review - thresholds.match, NARROWEST_BAND)
    return _curve((distance - thresholds.review) / band)


def probability(score: float) -> float:
    """That a found face is one, from the detector's score."""
    return _curve(-score / SURE_SCORE)


def lowest_score(wanted: float) -> float:
    """The score from which `probability` is at least `wanted` (0 to 1); never below the detector's own limit."""
    if wanted <= 0.5:
        return 0.0
    return SURE_SCORE * log(wanted / max(1 - wanted, 1e-9), 9)


def _curve(steps: float) -> float:
    return round(float(1 / (1 + 9 ** max(-HIGHEST, min(HIGHEST, steps)))), DIGITS)
