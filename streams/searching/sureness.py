"""How sure it is that two faces are one person's: by the limits, and in the words, by which cameras name people."""

from __future__ import annotations

import math

from people.recognition.types import Match, Thresholds, Verdict

WORDS = {Verdict.MATCH: "certain", Verdict.REVIEW: "likely", Verdict.UNKNOWN: "unsure"}


def sureness(distance: float, thresholds: Thresholds) -> Verdict:
    """Returns match up to the limit for a name, review up to that for a review, and unknown for faces beyond."""
    return thresholds.decide(Match("the wanted one", distance, math.inf, None, 0))
