"""Chooses the faces of a frame that are worth an encoding: only those whose verdict it could change."""

from __future__ import annotations

from people.recognition.types import Verdict
from streams.pipeline.analysis.identity import KEPT, UNNAMED_AT, Decision, Identity

AT_MOST = 4
"""Encodings per frame, about 6 ms each: a crowd is encoded over several frames, so that the view stays live."""
SOON_S = 0.1
DOUBT_S = 0.2
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

    Open questions come first, together with faces that may have become somebody else; then clearly better faces;
    then those whose newest encoding is old: after 1 s, after 3 s if enough encodings agree.
    """
    if not identity.samples:
        return 4.0 + quality
    age_s = now_s - identity.tried_s
    if decision is None or _is_open(identity, decision):
        return 3.0 + quality if age_s >= SOON_S else None
    if doubtful:
        return 3.0 + quality if age_s >= DOUBT_S else None
    if quality > identity.best_quality + BETTER and age_s >= SOON_S:
        return 2.0 + quality
    return age_s / 100 if age_s >= _again_s(decision) else None


def _is_open(identity: Identity, decision: Decision) -> bool:
    """Returns whether a few more frames may still change the verdict: for review, until KEPT encodings were made.

    Asked at once instead of after 0.3 s, 36 replays of one clip gave 3 s more of right names, no wrong ones more, and
    two encodings more in all (docs/accuracy.md).
    """
    return identity.weight < UNNAMED_AT or (decision.verdict is Verdict.REVIEW and identity.made < KEPT)


def _again_s(decision: Decision) -> float:
    if decision.verdict is Verdict.REVIEW:
        return AGAIN_S
    return SURE_S if decision.votes >= SURE_VOTES[decision.verdict] else AGAIN_S
