"""Faces of which somebody has said whether they show a person of the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from people.recognition.types import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class JudgedLooks:
    """Encodings from cameras, and the person whom each is said to show, or not to show."""

    people: Sequence[str]
    """(n,) ids as text."""
    vectors: Matrix
    """(n, width) of unit length."""

    @classmethod
    def none(cls, width: int) -> JudgedLooks:
        return cls((), np.empty((0, width), np.float32))

    def __len__(self) -> int:
        return len(self.people)

    def of(self, names: Sequence[str]) -> tuple[JudgedLooks, np.ndarray[tuple[int], np.dtype[np.intp]]]:
        """Returns those of people who are among `names`, and the place of each one's person there."""
        places = {name: place for place, name in enumerate(names)}
        kept = [number for number, person in enumerate(self.people) if person in places]
        found = JudgedLooks([self.people[number] for number in kept], self.vectors[kept])
        return found, np.array([places[person] for person in found.people], np.intp)
