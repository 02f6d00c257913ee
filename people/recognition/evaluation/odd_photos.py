"""Measures what looking at a person's photos together catches, and how often it holds one of the person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from people.recognition.errors import TooFewPeople
from people.recognition.gallery.own_photos import OwnLimits, doubts
from people.recognition.types import Matrix

MIXTURES = ((2, 0), (3, 0), (5, 0), (1, 1), (2, 1), (3, 1), (5, 1), (3, 2), (5, 2), (5, 3))
"""Photos of the person, and of one other person, in one folder. The other person's are fewer, except 1 and 1."""
DRAWINGS = 2000


@dataclass(frozen=True, slots=True)
class Mixture:
    """Counts over all drawings of one mixture, each in a random order."""

    own: int
    wrong: int
    drawn: int
    held_own: int
    """Photos of the person that were held, of `drawn` times `own`."""
    caught: int
    """Photos of the other person that were held, of `drawn` times `wrong`."""
    noticed: int
    """Drawings with a wrong photo in which any photo was held: somebody is asked."""


def evaluate_odd_photos(
    people: Sequence[str], vectors: Matrix, limits: OwnLimits, *, drawings: int = DRAWINGS
) -> dict[str, Any]:
    """Returns the limits and a `Mixture` object for each of MIXTURES that there are photos for.

    `vectors` are (n, d) of unit length, `people` their owners. Raises TooFewPeople for fewer than two.
    """
    owners = np.array(people)
    photos = {name: vectors[owners == name] for name in dict.fromkeys(people)}
    if len(photos) < 2:
        raise TooFewPeople(f"expected photos of two people or more, got {len(photos)}")
    found = [_mixture(list(photos.values()), own, wrong, limits, drawings) for own, wrong in MIXTURES]
    return {"limits": asdict(limits), "mixtures": [asdict(mixture) for mixture in found if mixture.drawn]}


def _mixture(photos: list[Matrix], own: int, wrong: int, limits: OwnLimits, drawings: int) -> Mixture:
    numbers = np.random.default_rng(0)
    drawn = held_own = caught = noticed = 0
    for _ in range(drawings):
        mine, theirs = (photos[n] for n in numbers.choice(len(photos), 2, replace=False))
        if len(mine) < own or len(theirs) < wrong:
            continue
        chosen = [mine[numbers.permutation(len(mine))[:own]], theirs[numbers.permutation(len(theirs))[:wrong]]]
        order = numbers.permutation(own + wrong)
        odd = {int(order[doubt.row]) for doubt in doubts(np.concatenate(chosen)[order], [False] * len(order), limits)}
        drawn += 1
        held_own += sum(row < own for row in odd)
        caught += sum(row >= own for row in odd)
        noticed += bool(odd) and wrong > 0
    return Mixture(own, wrong, drawn, held_own, caught, noticed)
