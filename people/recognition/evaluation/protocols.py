"""Measures accuracy by two protocols: pairs of photos (verification) and an open set of people (identification).

This module only computes; methods.py reads the photos. A photo that could not be read, or in which no face was found,
is None here and always counts as wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.types import Match, Thresholds, Verdict

Floats = NDArray[np.float64]
Encoded = NDArray[np.floating[Any]] | None
FALSE_MATCH_RATES = {"0.01": 0.01, "0.001": 0.001, "0.0001": 0.0001}
STRANGERS_ALLOWED = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Verification:
    pairs: int
    undetected: int
    """Pairs in which a photo gave no encoding."""
    threshold: float
    accuracy: float
    best_accuracy: float
    best_threshold: float
    fnmr_at_fmr: dict[str, float]
    """Share of same-person pairs refused while at most this share of the others is accepted."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Identification:
    probes: int
    right: int
    wrong: int
    """Probes that were named, but as somebody else."""
    review: int
    missed: int
    strangers: int
    strangers_named: int
    strangers_review: int
    right_when_strangers_named: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def verify(pairs: Sequence[tuple[Encoded, Encoded, bool]], threshold: float) -> Verification:
    """Judges (one, other, whether the same person) by Euclidean distance: at most `threshold` means the same."""
    same = np.array([is_same for _one, _other, is_same in pairs], bool)
    distances = np.array([distance(one, other) for one, other, _same in pairs], np.float64)
    best_threshold, best_accuracy = _best(distances, same)
    return Verification(
        pairs=len(pairs),
        undetected=int(np.isnan(distances).sum()),
        threshold=threshold,
        accuracy=_accuracy(distances, same, threshold),
        best_accuracy=best_accuracy,
        best_threshold=best_threshold,
        fnmr_at_fmr={name: _fnmr(distances, same, rate) for name, rate in FALSE_MATCH_RATES.items()},
    )


def identify(
    gallery: Sequence[tuple[str, NDArray[np.floating[Any]]]],
    probes: Sequence[tuple[str, Encoded]],
    strangers: Sequence[Encoded],
    thresholds: Thresholds,
) -> Identification:
    """Looks up every probe and stranger among (person, vector) rows; the nearest row decides."""
    people = [person for person, _vector in gallery]
    rows = np.array([vector for _person, vector in gallery], np.float64)
    found = [(person, _nearest(people, rows, vector)) for person, vector in probes]
    met = [_nearest(people, rows, vector) for vector in strangers]
    verdicts = [(person == match.person, thresholds.decide(match)) for person, match in found]
    stranger_verdicts = [thresholds.decide(match) for match in met]
    return Identification(
        probes=len(probes),
        right=verdicts.count((True, Verdict.MATCH)),
        wrong=verdicts.count((False, Verdict.MATCH)),
        review=sum(verdict is Verdict.REVIEW for _right, verdict in verdicts),
        missed=sum(verdict is Verdict.UNKNOWN for _right, verdict in verdicts),
        strangers=len(strangers),
        strangers_named=stranger_verdicts.count(Verdict.MATCH),
        strangers_review=stranger_verdicts.count(Verdict.REVIEW),
        right_when_strangers_named={str(allowed): _right_at(found, met, allowed) for allowed in STRANGERS_ALLOWED},
    )


def distance(one: Encoded, other: Encoded) -> float:
    """Returns the distance, or NaN if there is nothing to compare: NaN is neither near nor far."""
    return float("nan") if one is None or other is None else float(np.linalg.norm(one - other))


def _accuracy(distances: Floats, same: NDArray[np.bool_], threshold: float) -> float:
    if not len(distances):
        return 0.0
    right = np.where(same, distances <= threshold, distances > threshold)  # NaN is wrong either way
    return float(right.mean())


def _best(distances: Floats, same: NDArray[np.bool_]) -> tuple[float, float]:
    """Returns the threshold with the highest accuracy, and that accuracy; thresholds lie midway between distances."""
    known = np.unique(distances[~np.isnan(distances)])
    if not len(known):
        return 0.0, 0.0
    candidates = np.concatenate([[known[0] / 2], (known[:-1] + known[1:]) / 2, [known[-1]]])
    accuracies = [_accuracy(distances, same, float(candidate)) for candidate in candidates]
    best = int(np.argmax(accuracies))
    return float(candidates[best]), accuracies[best]


def _fnmr(distances: Floats, same: NDArray[np.bool_], rate: float) -> float:
    impostors = np.sort(distances[~same & ~np.isnan(distances)])
    genuine = distances[same]
    if not len(genuine):
        return 0.0
    allowed = int(rate * int((~same).sum()))
    limit = impostors[allowed] if allowed < len(impostors) else np.inf
    return float(1 - (genuine < limit).mean())  # NaN is not below the limit, so undetected pairs count as refused


def _nearest(people: Sequence[str], rows: Floats, vector: Encoded) -> Match:
    if vector is None or not people:
        return Match(None, float("inf"), float("inf"), None, 0)
    distances = np.linalg.norm(rows - vector, axis=1)
    nearest = int(distances.argmin())
    others = [index for index, person in enumerate(people) if person != people[nearest]]
    second = min(others, key=lambda index: float(distances[index]), default=None)
    return Match(
        people[nearest],
        float(distances[nearest]),
        float(distances[second] - distances[nearest]) if second is not None else float("inf"),
        people[second] if second is not None else None,
        0,
    )


def _right_at(found: Sequence[tuple[str, Match]], met: Sequence[Match], allowed: int) -> int:
    """Counts the right names at the widest threshold that names at most `allowed` strangers."""
    distances = sorted(match.distance for match in met)
    limit = distances[allowed] if allowed < len(distances) else float("inf")
    return sum(person == match.person and match.distance < limit for person, match in found)
