"""Chooses the faces of a frame that are worth an encoding: only those whose verdict it could change."""

from __future__ import annotations

from people.recognition.types import Verdict
from streams.pipeline.analysis.identity import KEPT, UNNAMED_AT, Decision, Identity

AT_MOST = 4
"""Encodings per frame, about 6 ms each: a crowd is encoded over several frames, so that the view stays live."""
SOON_S = 0.1
DOUBT_S = 0.2
UNSURE_S = 0.3
"""Time until the next encoding after a verdict for review: a few more frames may still turn it into a name."""
AGAIN_S = 1.0
SURE_S = 3.0
SURE_VOTES = {Verdict.MATCH: 5, Verdict.UNKNOWN: 8}
JUDGED_S = 0.5
BETTER = 0.15
"""Gain in quality that makes another encoding worthwhile at once."""


def is_worth_judging(identity: Identity, decision: Decision | None, now_s: float, *, doubtful: bool = False) -> bool:
    """Returns whether to judge the quality of the face, which needs landmarks and costs 1 to 2 ms a face.

    If no encoding is due, faces are judged twice a second to find a clearly better one, unless none can be better.
    """
    if urgency(identity, decision, 0.0, now_s, doubtful=doubtful) is not None:
        return True
    return identity.best_quality + BETTER < 1 and now_s - identity.judged_s >= JUDGED_S


def urgency(
    identity: Identity, decision: Decision | None, quality: float, now_s: float, *, doubtful: bool = False
) -> float | None:
    """Returns how much an encoding of this face is worth now (higher is more); None if it would change nothing.

    Undecided faces come first, together with those that may have become somebody else; then clearly better faces;
    then those whose newest encoding is old: after 1 s, after 3 s if enough encodings agree, and after 0.3 s while
    the verdict is for review (1 s once KEPT encodings were made).
    """
    if not identity.samples:
        return 4.0 + quality
    age_s = now_s - identity.tried_s
    if decision is None or identity.weight < UNNAMED_AT:
        return 3.0 + quality if age_s >= SOON_S else None
    if doubtful:
        return 3.0 + quality if age_s >= DOUBT_S else None
    if quality > identity.best_quality + BETTER and age_s >= SOON_S:
        return 2.0 + quality
    return age_s / 100 if age_s >= _again_s(identity, decision) else None


def _again_s(identity: Identity, decision: Decision) -> float:
    if decision.verdict is Verdict.REVIEW:
        return UNSURE_S if identity.made < KEPT else AGAIN_S
    return SURE_S if decision.votes >= SURE_VOTES[decision.verdict] else AGAIN_S
