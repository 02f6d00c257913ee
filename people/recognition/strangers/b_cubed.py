"""B-cubed: how pure the strangers are, and how whole, as each sighting sees it (Bagga and Baldwin 1998)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class BCubed:
    """Means over all sightings, 0 to 1."""

    precision: float
    """Share of a sighting's stranger that shows the same person."""
    recall: float
    """Share of a sighting's person that is in the same stranger."""
    strangers: int


def b_cubed(people: Sequence[Hashable], strangers: Sequence[int]) -> BCubed:
    """Compares who each sighting shows with the stranger that it was joined to. Raises ValueError for none."""
    if not people:
        raise ValueError("expected one sighting or more, got none")
    person_of, together = _numbers(people), _numbers(strangers)
    counts = np.zeros((max(person_of) + 1, max(together) + 1))
    np.add.at(counts, (person_of, together), 1)
    squares = counts**2 / len(people)
    return BCubed(
        precision=float((squares / counts.sum(axis=0)).sum()),
        recall=float((squares / counts.sum(axis=1)[:, None]).sum()),
        strangers=counts.shape[1],
    )


def _numbers(names: Sequence[Hashable]) -> list[int]:
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [known[name] for name in names]
