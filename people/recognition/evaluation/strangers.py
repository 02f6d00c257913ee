"""Measures the joining of strangers on photos whose people are known: each photo counts as one sighting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from people.recognition.engine.distances import StrangerDistances
from people.recognition.errors import TooFewPeople
from people.recognition.strangers.b_cubed import b_cubed
from people.recognition.strangers.joining import join_all
from people.recognition.types import Matrix

ORDERS = 5
"""Orders in which the photos come, drawn with fixed seeds."""


def evaluate_strangers(people: Sequence[str], vectors: Matrix, limits: StrangerDistances) -> dict[str, Any]:
    """Returns B-cubed precision and recall, and the number of strangers; means of ORDERS orders, and each of them.

    `vectors` are (n, width) of unit length, `people` their owners. Raises TooFewPeople for fewer than two.
    """
    if len(set(people)) < 2:
        raise TooFewPeople(f"expected photos of two people or more, got {len(set(people))} with a face")
    orders = [np.random.default_rng(seed).permutation(len(people)).tolist() for seed in range(ORDERS)]
    found = [asdict(b_cubed(people, join_all(vectors, order, limits))) for order in orders]
    return {
        "precision": round(float(np.mean([each["precision"] for each in found])), 4),
        "recall": round(float(np.mean([each["recall"] for each in found])), 4),
        "strangers": round(float(np.mean([each["strangers"] for each in found]))),
        "people": len(set(people)),
        "photos": len(people),
        "orders": [{name: round(value, 4) for name, value in each.items()} for each in found],
    }
