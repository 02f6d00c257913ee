"""Which faces of a frame are worth an encoding: only those whose verdict it could change."""

from __future__ import annotations

from people.recognition.types import Verdict
from streams.pipeline.analysis.identity import KEPT, UNNAMED_AT, Decision, Identity

AT_MOST = 4
"""Encodings per frame, about 6 ms each: a crowd is read over several frames, and the picture stays live."""
SOON_S = 0.1
DOUBT_S = 0.2
UNSURE_S = 0.3
"""After an answer that is for review, which a few more pictures may still make a name."""
AGAIN_S = 1.0
SURE_S = 3.0
SURE_VOTES = {Verdict.MATCH: 5, Verdict.UNKNOWN: 8}
JUDGED_S = 0.5
BETTER = 0.15
"""Quality gained that makes another encoding worth while at once."""


def is_worth_judging(identity: Identity, decision: Decision | None, now_s: float, *, doubtful: bool = False) -> bool:
    """Whether the quality of the face could make an encoding worth while: landmarks cost 1 to 2 ms a face.

    Where nothing is due, a clearly better picture is looked for twice a second, unless there cannot be one.
    """
    if urgency(identity, decision, 0.0, now_s, doubtful=doubtful) is not None:
        return True
    return identity.best_quality + BETTER < 1 and now_s - identity.judged_s >= JUDGED_S


def urgency(
    identity: Identity, decision: Decision | None, quality: float, now_s: float, *, doubtful: bool = False
) -> float | None:
    """How much an encoding of this face now is worth, higher is more; None when it would change nothing.

    Undecided faces come first, with those that may have become somebody else; then clearly better pictures; then
    those whose newest encoding is about a second old, three where enough encodings say the same, and less while the
    answer is for review.
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
