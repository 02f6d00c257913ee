"""Tells what to expect of an open set that we do not have, from distances measured on photos that we have.

This is a model, not a measurement: it draws many such sets. Its assumptions are part of its answer:

- A probe lies as far from its own person's template as a measured photo does, times `own_farther`. Each person of a set
  is drawn among the measured people, because some people are harder than others.
- Distances to other people follow a normal curve with the measured mean, and the measured deviation times
  `others_wider`. They are independent of each other, so the nearest of n people is the least of n drawings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.photos_per_person import drawn_distances
from people.recognition.evaluation.protocols import STRANGERS_ALLOWED

Floats = NDArray[np.float64]
SETS = 60_000
SETS_AT_ONCE = 1_000
SEED = 20
ROWS = 5
"""Match distances below and above the default for which the answer has a row."""
STEP = 0.01
_GRID = np.arange(-9.0, 9.0, 0.001)
_CURVE = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in _GRID])


@dataclass(frozen=True, slots=True)
class OpenSet:
    """The size of the set: people enrolled with so many photos each, probes of them, and strangers."""

    people: int
    photos: int
    probes: int
    strangers: int

    def __post_init__(self) -> None:
        if min(self.people - 1, self.photos, self.probes, self.strangers) < 1:
            raise ValueError("expected at least 2 people, and 1 photo, probe and stranger")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The factors were fitted to figures of a larger set, for dlib's encodings (docs/accuracy.md)."""

    own_farther: float = 1.3
    others_wider: float = 1.2
    least_right: int | None = None
    """Right names wished for; None: 15 of 16 probes."""
    most_named: int | None = None
    """Strangers that may be named; None: 1 of 75."""
    sets: int = SETS

    def __post_init__(self) -> None:
        if not (self.own_farther > 0 and self.others_wider > 0):
            raise ValueError(f"expected factors above 0, got {self.own_farther} and {self.others_wider}")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Drawn sets: (sets, probes) and (sets, strangers)."""

    own: Floats
    """Distance of each probe to its own person; infinite if somebody else is nearer."""
    nearest_other: Floats
    """Distance of each probe to the nearest other person; infinite if its own is nearer."""
    strangers: Floats
    """Distance of each stranger to the nearest person."""

    def right_when_named(self, allowed: int) -> NDArray[np.int64]:
        """Returns the right names of each set at the widest distance that names at most `allowed` strangers."""
        if allowed >= self.strangers.shape[1]:
            limits = np.full(len(self.strangers), np.inf)
        else:
            limits = np.partition(self.strangers, allowed, axis=1)[:, allowed]
        return np.asarray((self.own < limits[:, None]).sum(axis=1))


def expect(
    people: Sequence[str], vectors: NDArray[np.floating[Any]], size: OpenSet, assumed: Assumptions, match: float
) -> dict[str, Any]:
    """Returns what a set of this `size` gives around the distance `match`; `vectors` are one encoding per photo.

    Raises TooFewPeople if no person has more photos than a template.
    """
    own, others = drawn_distances(np.array(people), vectors, size.photos)
    if not own or not len(others):
        raise TooFewPeople(f"expected several people, some with more than {size.photos} photos")
    curve = float(others.mean()), float(others.std()) * assumed.others_wider
    least_right = math.ceil(size.probes * 15 / 16) if assumed.least_right is None else assumed.least_right
    most_named = size.strangers // 75 if assumed.most_named is None else assumed.most_named
    matches = [round(match + STEP * number, 4) for number in range(-ROWS, ROWS + 1)]
    matches = [one for one in matches if one > 0]
    totals, allowed = np.zeros((len(matches), 4)), {str(count): 0.0 for count in STRANGERS_ALLOWED}
    for drawn in _sets([one * assumed.own_farther for one in own], curve, size, assumed):
        totals += [_row(drawn, one, least_right, most_named) for one in matches]
        for count in STRANGERS_ALLOWED:
            allowed[str(count)] += float(drawn.right_when_named(count).sum())
    names = ("right", "wrong", "strangers_named", "chance")
    return {
        "people": size.people,
        "photos": size.photos,
        "probes": size.probes,
        "strangers": size.strangers,
        "wish": {"right": least_right, "strangers_named": most_named},
        "assumed": {
            "own_farther": assumed.own_farther,
            "others_wider": assumed.others_wider,
            "others": {"mean": curve[0], "deviation": curve[1]},
            "own_mean": float(np.mean([one.mean() for one in own])) * assumed.own_farther,
            "measured_people": len(own),
            "sets": assumed.sets,
            "seed": SEED,
        },
        "right_when_strangers_named": {count: total / assumed.sets for count, total in allowed.items()},
        "rows": [
            {"match": one, **dict(zip(names, (total / assumed.sets).tolist(), strict=True))}
            for one, total in zip(matches, totals, strict=True)
        ],
    }


def _row(drawn: _Drawn, match: float, least_right: int, most_named: int) -> list[float]:
    """Returns sums over the sets: right, wrong and strangers named, and how many sets fulfil both wishes."""
    right = (drawn.own <= match).sum(axis=1)
    named = (drawn.strangers <= match).sum(axis=1)
    wishes = (right >= least_right) & (named <= most_named)
    return [right.sum(), (drawn.nearest_other <= match).sum(), named.sum(), wishes.sum()]


def _sets(
    own: Sequence[NDArray[np.floating[Any]]], curve: tuple[float, float], size: OpenSet, assumed: Assumptions
) -> Iterator[_Drawn]:
    """Yields the drawn sets, some at a time."""
    random = np.random.default_rng(SEED)
    for first in range(0, assumed.sets, SETS_AT_ONCE):
        number = min(SETS_AT_ONCE, assumed.sets - first)
        apart = _own_of_probes(own, size, number, random)
        nearest_other = _nearest_of(size.people - 1, curve, random.random((number, size.probes)))
        strangers = _nearest_of(size.people, curve, random.random((number, size.strangers)))
        is_own = apart < nearest_other
        yield _Drawn(np.where(is_own, apart, np.inf), np.where(is_own, np.inf, nearest_other), strangers)


def _own_of_probes(
    own: Sequence[NDArray[np.floating[Any]]], size: OpenSet, number: int, random: np.random.Generator
) -> Floats:
    """Returns (number, probes) distances; the probes of one person come from one measured person."""
    lengths = np.array([len(one) for one in own])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    person_of_probe = np.arange(size.probes) % size.people
    drawn = random.integers(0, len(own), (number, size.people))[:, person_of_probe]
    places = starts[drawn] + np.floor(random.random(drawn.shape) * lengths[drawn]).astype(np.int64)
    return np.asarray(np.concatenate(own)[places], np.float64)


def _nearest_of(people: int, curve: tuple[float, float], uniform: Floats) -> Floats:
    """Turns numbers from 0 to 1 into the least of `people` drawings from the normal curve (mean, deviation)."""
    mean, deviation = curve
    share = -np.expm1(np.log1p(-uniform) / people)
    return np.asarray(mean + deviation * np.interp(share, _CURVE, _GRID))
