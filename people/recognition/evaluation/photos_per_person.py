"""Measures how far people lie from themselves and from others, by the number of photos in their template."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.gallery.calibration import of_gallery

MOST_PHOTOS = 5
DRAWINGS = 40
"""How often the photos of a template are drawn, per person."""
GALLERY = 60
"""Number of people in the gallery for which the chance of naming a stranger is computed."""
SEED = 20
Vectors = NDArray[np.floating[Any]]


def photos_per_person(people: Sequence[str], vectors: Vectors, match: float) -> list[dict[str, Any]]:
    """Returns one row for templates of 1 to MOST_PHOTOS photos; a photo is not compared with its own template.

    `own` are distances of a person's other photos, `others` of everybody else's. `stranger_named` is the chance that a
    stranger is within `match` of anybody in a `gallery` of so many people, by a normal curve through `others`. A number
    of photos is left out if nobody has one photo more.
    """
    names = np.array(people)
    rows = []
    for count in range(1, MOST_PHOTOS + 1):
        own, others = _distances(names, vectors, count)
        if len(own) and len(others):
            rows.append(_row(count, own, others, match))
    return rows


def _distances(names: NDArray[np.str_], vectors: Vectors, count: int) -> tuple[Vectors, Vectors]:
    own, others = drawn_distances(names, vectors, count)
    return np.concatenate([np.empty(0), *own]), others


def drawn_distances(names: NDArray[np.str_], vectors: Vectors, count: int) -> tuple[list[Vectors], Vectors]:
    """Draws templates of `count` photos and returns distances to them: of each person's other photos, and of others'.

    People with no more than `count` photos are left out of the former.
    """
    random = np.random.default_rng(SEED)
    own, others = [], [np.empty(0)]
    for name in np.unique(names):
        mine = np.flatnonzero(names == name)
        if len(mine) <= count:
            continue
        of_person = []
        for _drawing in range(DRAWINGS):
            chosen = random.permutation(mine)[:count]
            total = vectors[chosen].sum(axis=0)
            apart = np.linalg.norm(vectors - total / np.linalg.norm(total), axis=1)
            of_person.append(apart[np.setdiff1d(mine, chosen)])
            others.append(apart[names != name])
        own.append(np.concatenate(of_person))
    return own, np.concatenate(others)


def _row(count: int, own: Vectors, others: Vectors, match: float) -> dict[str, Any]:
    curve = NormalDist(float(others.mean()), max(float(others.std()), 1e-6))
    mean, within_95, within_99 = own.mean(), *np.percentile(own, [95, 99])
    return {
        "photos": count,
        "own": {"mean": float(mean), "within_95": float(within_95), "within_99": float(within_99)},
        "own_missed": float((own > match).mean()),
        "others": {"mean": curve.mean, "deviation": curve.stdev, "smallest": float(others.min())},
        "gallery": GALLERY,
        "stranger_named": of_gallery(curve.cdf(match), GALLERY),
    }
