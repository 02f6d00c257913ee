"""Converts our distances and scores to CompreFace's similarities and probabilities: 0 to 1, higher is surer.

Clients compare a similarity with their own threshold, usually 0.5 to 0.9. So 0.9 is the site's match threshold and 0.5
its review threshold: similarity = 1 / (1 + 9 ^ ((distance - review) / (review - match))).
"""

from __future__ import annotations

from math import log

from people.recognition.engine.yunet import SURE as SURE_SCORE
from people.recognition.types import Thresholds

DIGITS = 5
NARROWEST_BAND = 0.01
"""The smallest distance from match to review; it keeps the curve finite on a site without a review band."""
LIKELY = 0.8
"""The probability of a face that the detector is sure of: CompreFace's default for det_prob_threshold."""
EVEN_SCORE = 0.6
"""The detector's score of something that is as likely a face as not; nothing below it is reported."""
HIGHEST = 50.0
"""Exponents beyond this round to 0 or 1 anyway."""


SURE, PERHAPS, NOBODY = 0.99, 0.75, 0.0
"""What callers without exact distances get: one value for each verdict.

0.99: clients ask for at most 0.97, so a match stays a match with them. 0.75: between the two limits, 0.5 and 0.9.
"""


def told_similarity(distance: float, thresholds: Thresholds, *, exact: bool) -> float:
    """Returns the similarity for a distance; unless `exact`, only SURE (a match), PERHAPS (for review) or NOBODY."""
    if exact:
        return similarity(distance, thresholds)
    if distance <= thresholds.match:
        return SURE
    return PERHAPS if distance <= thresholds.review else NOBODY


def similarity(distance: float, thresholds: Thresholds) -> float:
    """Returns the similarity for a distance: 0.9 at the match threshold, 0.5 at review; falls with the distance."""
    band = max(thresholds.review - thresholds.match, NARROWEST_BAND)
    return _curve((distance - thresholds.review) / band)


def probability(score: float) -> float:
    """Returns the probability, from the detector's score, that a found face is a face: 0.8 from SURE_SCORE on."""
    odds: float = (LIKELY / (1 - LIKELY)) ** ((score - EVEN_SCORE) / (SURE_SCORE - EVEN_SCORE))
    return round(odds / (1 + odds), DIGITS)


def lowest_score(wanted: float) -> float:
    """Returns the score from which `probability` is at least `wanted` (0 to 1); never below EVEN_SCORE."""
    if wanted <= 0.5:
        return EVEN_SCORE
    steps = log(wanted / max(1 - wanted, 1e-9), LIKELY / (1 - LIKELY))
    return EVEN_SCORE + (SURE_SCORE - EVEN_SCORE) * steps


def _curve(steps: float) -> float:
    return round(float(1 / (1 + 9 ** max(-HIGHEST, min(HIGHEST, steps)))), DIGITS)
