"""Measures accuracy on people that the threshold was not chosen on: pairs of photos, judged in folds of people.

A benchmark such as LFW draws as many pairs of one person as of two, so both kinds of error weigh the same here, however
many pairs of each there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.errors import TooFewPeople

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
REPEATS = 50
"""How often the people are dealt into folds; one deal alone moves the accuracy by several tenths of a per cent."""
RESAMPLINGS = 2000
CANDIDATES = np.arange(0.10, 1.0, 0.001)
SEED = 20


@dataclass(frozen=True, slots=True)
class PhotoPairs:
    """Every pair of photos: its distance, and the people (as numbers) that it shows."""

    distances: Floats
    one: NDArray[np.intp]
    other: NDArray[np.intp]

    @classmethod
    def of(
        cls, people: Sequence[str], vectors: NDArray[np.floating[Any]], photos: Sequence[str] | None = None
    ) -> PhotoPairs:
        """Pairs up `vectors`: one row per picture, of the person at the same place of `people`.

        Pictures made from the same one of the `photos` are not compared with each other. None: every picture is its own
        photo.
        """
        _names, numbers = np.unique(np.array(people), return_inverse=True)
        left, right = np.triu_indices(len(people), 1)
        if photos is not None:
            made_of = np.array(photos)
            apart = made_of[left] != made_of[right]
            left, right = left[apart], right[apart]
        return cls(np.linalg.norm(vectors[left] - vectors[right], axis=1), numbers[left], numbers[right])

    @property
    def same(self) -> Flags:
        return np.asarray(self.one == self.other)


@dataclass(frozen=True, slots=True)
class CrossValidation:
    people: int
    same_pairs: int
    other_pairs: int
    folds: int
    threshold: float
    """Median of the chosen thresholds; `lowest` and `highest` are the limits of them all."""
    lowest: float
    highest: float
    accuracy: float
    """Mean of the shares of same and of other pairs that were judged right while the people of both photos were held
    out."""
    interval: tuple[float, float]
    """95 of 100 draws of as many people, with replacement, give an accuracy in between."""
    default: float
    default_accuracy: float
    """Accuracy at the threshold that is shipped, which was not chosen on these people."""
    default_interval: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def cross_validate(pairs: PhotoPairs, folds: int, default: float) -> CrossValidation:
    """Deals the people into folds again and again, and judges each fold by a threshold chosen without it.

    Raises TooFewPeople.
    """
    people = int(max(pairs.one.max(initial=-1), pairs.other.max(initial=-1))) + 1
    if not 2 <= folds <= people // 2:
        raise TooFewPeople(f"expected 2 to {people // 2} folds for {people} people with photos, got {folds}")
    random = np.random.default_rng(SEED)
    held_out, chosen = _held_out(pairs, folds, people, random)
    by_default = _right(pairs, default)
    drawn = random.multinomial(people, np.full(people, 1 / people), RESAMPLINGS)
    return CrossValidation(
        people=people,
        same_pairs=int(pairs.same.sum()),
        other_pairs=int((~pairs.same).sum()),
        folds=folds,
        threshold=round(float(np.median(chosen)), 4),
        lowest=round(min(chosen), 4),
        highest=round(max(chosen), 4),
        accuracy=_balanced(pairs, held_out),
        interval=_interval(pairs, held_out, drawn),
        default=default,
        default_accuracy=_balanced(pairs, by_default),
        default_interval=_interval(pairs, by_default, drawn),
    )


def _held_out(pairs: PhotoPairs, folds: int, people: int, random: np.random.Generator) -> tuple[Floats, list[float]]:
    """Returns the share of right judgements of each pair while both its people were held out, and the thresholds.

    A pair that was never held out has NaN.
    """
    judged, right, chosen = np.zeros(len(pairs.distances)), np.zeros(len(pairs.distances)), []
    for _repeat in range(REPEATS):
        fold_of = random.permutation(people) % folds
        for fold in range(folds):
            one, other = fold_of[pairs.one] == fold, fold_of[pairs.other] == fold
            chosen.append(balanced_threshold(pairs, ~one & ~other))
            judged += one & other
            right += (one & other) * _right(pairs, chosen[-1])
    return np.divide(right, judged, out=np.full(len(judged), np.nan), where=judged > 0), chosen


def _right(pairs: PhotoPairs, threshold: float) -> Floats:
    return np.asarray(pairs.same == (pairs.distances <= threshold), np.float64)


def balanced_threshold(pairs: PhotoPairs, among: Flags) -> float:
    """Finds where both kinds of error together are smallest, by normal curves through the distances `among` the pairs.

    Counting errors is not enough: with a few people any threshold in a wide gap makes none.
    """
    same, others = (_curve(pairs.distances[among & kind]) for kind in (pairs.same, ~pairs.same))
    errors = [1 - same.cdf(candidate) + others.cdf(candidate) for candidate in CANDIDATES]
    return float(CANDIDATES[int(np.argmin(errors))])


def _curve(distances: Floats) -> NormalDist:
    if not len(distances):
        raise TooFewPeople("expected people with two photos or more in every fold and outside of it")
    return NormalDist(float(distances.mean()), max(float(distances.std()), 1e-6))


def _balanced(pairs: PhotoPairs, right: Floats) -> float:
    """Returns the mean of the shares judged right of either kind, leaving out NaN."""
    return float(np.mean([np.nanmean(right[kind]) for kind in (pairs.same, ~pairs.same) if kind.any()]))


def _interval(pairs: PhotoPairs, right: Floats, drawn: NDArray[np.int64]) -> tuple[float, float]:
    """Draws people, not pairs, because a person's pairs are alike; a person drawn twice counts twice."""
    same, others = pairs.same & ~np.isnan(right), ~pairs.same & ~np.isnan(right)
    weights = drawn[:, pairs.one[same]].astype(np.float64)
    right_of_same = weights @ right[same] / np.maximum(weights.sum(axis=1), 1e-9)
    one, other = pairs.one[others], pairs.other[others]
    right_of_others = np.array([np.average(right[others], weights=_weights(counts, one, other)) for counts in drawn])
    low, high = np.percentile((right_of_same + right_of_others) / 2, [2.5, 97.5])
    return round(float(low), 6), round(float(high), 6)


def _weights(counts: NDArray[np.int64], one: NDArray[np.intp], other: NDArray[np.intp]) -> Floats:
    return (counts[one] * counts[other] + 1e-12).astype(np.float64)
