"""The gallery: the enrolled encodings of active people as one immutable matrix of templates with a version."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from people.recognition.engine.kinds import offered, width_of
from people.recognition.errors import WrongEncoder
from people.recognition.gallery.coarse import Coarse
from people.recognition.gallery.nearest import Cosines, Indexes, two_nearest
from people.recognition.types import Match, Matrix, Vector

LARGE = 15_000
"""From this many people on a search in two steps is faster (coarse.py); it costs a quarter more memory."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """One template per person: the mean of the person's encodings, scaled to unit length."""

    version: int
    engine: str
    people: tuple[str, ...]
    """Ids as text, one per row of `templates`."""
    templates: Matrix
    _coarse: Coarse | None = field(default=None, init=False, repr=False, compare=False)
    """Made at the first search of a large gallery, in the process that searches."""

    def __post_init__(self) -> None:
        kind = offered(self.engine)
        expected = (len(self.people), kind.width if kind else self.templates.shape[-1])
        if self.templates.shape != expected or self.templates.dtype != np.float32:
            raise WrongEncoder(
                f"expected {expected} float32 templates of {self.engine}, "
                f"got {self.templates.shape} {self.templates.dtype}"
            )
        self.templates.setflags(write=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leaves out `_coarse` when the gallery is sent to a camera child, because the child makes its own."""
        return type(self), (self.version, self.engine, self.people, self.templates)

    @classmethod
    def empty(cls, engine: str, version: int = 0) -> Gallery:
        return cls(version, engine, (), np.empty((0, width_of(engine)), np.float32))

    @classmethod
    def of_encodings(cls, version: int, engine: str, rows: Iterable[tuple[str, Vector]]) -> Gallery:
        """Makes the gallery from (person id, encoding) pairs in any order."""
        sums: dict[str, Vector] = {}
        for person, vector in rows:
            sums[person] = sums[person] + vector if person in sums else np.array(vector, np.float32)
        if not sums:
            return cls.empty(engine, version)
        templates = np.stack(list(sums.values())).astype(np.float32)
        templates /= np.linalg.norm(templates, axis=1, keepdims=True)
        return cls(version, engine, tuple(sums), templates)

    def only(self, people: Collection[str]) -> Gallery:
        """Returns the gallery of `people` alone, with the same version, engine and order."""
        rows = [row for row, person in enumerate(self.people) if person in people]
        kept = tuple(self.people[row] for row in rows)
        return Gallery(self.version, self.engine, kept, self.templates[np.array(rows, np.intp)])

    def __len__(self) -> int:
        return len(self.people)

    @property
    def width(self) -> int:
        """Returns how many numbers a template has: 128 or 256, as the engine has it."""
        return int(self.templates.shape[1])

    def identify(self, probe: Vector) -> Match:
        """Finds the person nearest to `probe`, (width,) float32 of unit length. Exact.

        Raises WrongEncoder for a probe of another shape.
        """
        if probe.shape != (self.width,):
            raise WrongEncoder(f"expected a probe of shape ({self.width},), got {probe.shape}")
        if len(self) < 2:
            return self._match_alone(probe)
        if len(self) >= LARGE:
            return self.identify_many(probe[None])[0]
        cosines = self.templates @ probe.astype(np.float32, copy=False)
        nearest = int(cosines.argmax())
        best, cosines[nearest] = cosines[nearest], -2  # below every cosine
        second = int(cosines.argmax())
        return self._match((nearest, second), (best, cosines[second]))

    def identify_many(self, probes: Matrix) -> list[Match]:
        """Finds the person nearest to each row of `probes`, (n, width) float32 of unit length. Exact.

        Much cheaper than one by one in a large gallery, because the templates are read once for all probes. Raises
        WrongEncoder for probes of another shape.
        """
        if probes.ndim != 2 or probes.shape[1] != self.width:
            raise WrongEncoder(f"expected probes of shape (n, {self.width}), got {probes.shape}")
        if len(self) < 2:
            return [self._match_alone(probe) for probe in probes]
        rows, cosines = self._two_nearest(probes.astype(np.float32, copy=False))
        return [self._match(row, cosine) for row, cosine in zip(rows, cosines, strict=True)]

    def _two_nearest(self, probes: Matrix) -> tuple[Indexes, Cosines]:
        if len(self) < LARGE or not len(probes):
            return two_nearest(self.templates, probes)
        if self._coarse is None:
            object.__setattr__(self, "_coarse", Coarse.of(self.templates))
        assert self._coarse is not None
        return self._coarse.two_nearest(self.templates, probes)

    def _match(self, rows: Iterable[int], cosines: Iterable[float]) -> Match:
        nearest, second = (self.people[row] for row in rows)
        distance, next_distance = (_distance(float(cosine)) for cosine in cosines)
        return Match(nearest, distance, next_distance - distance, second, self.version)

    def _match_alone(self, probe: Vector) -> Match:
        """Returns the match in a gallery of one person or none, which has no runner-up."""
        person = self.people[0] if self.people else None
        distance = _distance(float(self.templates[0] @ probe)) if self.people else math.inf
        return Match(person, distance, math.inf, None, self.version)


def _distance(cosine: float) -> float:
    """Returns the Euclidean distance of unit vectors from their dot product."""
    return math.sqrt(max(0.0, 2 - 2 * cosine))
