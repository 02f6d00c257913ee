"""The enrolled encodings of active people: one immutable matrix of templates with a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from people.recognition.errors import WrongEncoder
from people.recognition.types import Match, Matrix, Vector


@dataclass(frozen=True, slots=True)
class Gallery:
    """One template per person: the mean of the person's encodings, scaled to unit length."""

    version: int
    engine: str
    people: tuple[str, ...]
    """Ids as text, one per row of `templates`."""
    templates: Matrix

    def __post_init__(self) -> None:
        if self.templates.shape != (len(self.people), 128) or self.templates.dtype != np.float32:
            raise WrongEncoder(
                f"expected ({len(self.people)}, 128) float32 templates, got {self.templates.shape} {self.templates.dtype}"
            )
        self.templates.setflags(write=False)

    @classmethod
    def empty(cls, engine: str, version: int = 0) -> Gallery:
        return cls(version, engine, (), np.empty((0, 128), np.float32))

    @classmethod
    def of_encodings(cls, version: int, engine: str, rows: Iterable[tuple[str, Vector]]) -> Gallery:
        """From (person id, encoding) pairs in any order."""
        sums: dict[str, Vector] = {}
        for person, vector in rows:
            sums[person] = sums[person] + vector if person in sums else np.array(vector, np.float32)
        if not sums:
            return cls.empty(engine, version)
        templates = np.stack(list(sums.values())).astype(np.float32)
        templates /= np.linalg.norm(templates, axis=1, keepdims=True)
        return cls(version, engine, tuple(sums), templates)

    def __len__(self) -> int:
        return len(self.people)

    def identify(self, probe: Vector) -> Match:
        """The nearest person to `probe`: (128,) float32 of unit length. Exact."""
        if probe.shape != (128,):
            raise WrongEncoder(f"expected a probe of shape (128,), got {probe.shape}")
        if not self.people:
            return Match(None, float("inf"), float("inf"), None, self.version)
        similarity = self.templates @ probe.astype(np.float32)
        nearest = int(similarity.argmax())
        distance = _distance(similarity[nearest])
        if len(self.people) == 1:
            return Match(self.people[nearest], distance, float("inf"), None, self.version)
        similarity[nearest] = -2
        second = int(similarity.argmax())
        return Match(
            self.people[nearest],
            distance,
            _distance(similarity[second]) - distance,
            self.people[second],
            self.version,
        )


def _distance(similarity: float) -> float:
    """Euclidean distance of unit vectors from their dot product."""
    return float(np.sqrt(max(0.0, 2 - 2 * float(similarity))))
