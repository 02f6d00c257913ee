"""The gallery: the enrolled encodings of active people as one immutable matrix of templates with a version."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from people.recognition.engine.kinds import distances_of, offered, width_of
from people.recognition.errors import WrongEncoder
from people.recognition.gallery.coarse import NO_ROWS, Coarse
from people.recognition.gallery.counter_examples import CounterExamples, JudgedProbes
from people.recognition.gallery.nearest import NOTHING, Cosines, Indexes, best_two, two_nearest
from people.recognition.gallery.person_ids import rows_of
from people.recognition.gallery.shared_rows import SharedRows
from people.recognition.types import Match, Matrix, RefusedPerson, Vector

LARGE = 15_000
"""From this many people on a search in two steps is faster (coarse.py); it costs a quarter more memory."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """One template per person: the mean of the person's encodings, scaled to unit length."""

    version: int
    engine: str
    ids: Sequence[str]
    """Ids of people as text, one per row of `templates`."""
    templates: Matrix
    gone: Indexes = field(default_factory=lambda: NO_ROWS, compare=False)
    """Sorted rows that count no more: their people have left, or stand in a later row."""
    coarse: Coarse | None = field(default=None, repr=False, compare=False)
    """Of the first rows. In a large gallery without one it is made at the first search."""
    shared: SharedRows | None = field(default=None, repr=False, compare=False)
    """The memory that its rows lie in, if other processes can map it."""
    counter_examples: CounterExamples | None = field(default=None, repr=False, compare=False)
    """None if nobody has any: then they cost nothing."""
    _apart: Indexes = field(init=False, repr=False, compare=False)
    """Rows that the search among all leaves out: those gone, and those of people who are judged by themselves."""

    def __post_init__(self) -> None:
        kind = offered(self.engine)
        expected = (len(self.ids), kind.width if kind else self.templates.shape[-1])
        if self.templates.shape != expected or self.templates.dtype != np.float32:
            raise WrongEncoder(
                f"expected {expected} float32 templates of {self.engine}, "
                f"got {self.templates.shape} {self.templates.dtype}"
            )
        self.templates.setflags(write=False)
        judged = self.counter_examples
        object.__setattr__(self, "_apart", np.union1d(self.gone, judged.people) if judged else self.gone)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles it with the rows in force alone; a gallery of many people goes to others as SharedRows."""
        plain = self.only(self.people) if len(self.gone) else self
        counter_examples = plain.counter_examples
        return type(self), (
            self.version,
            self.engine,
            plain.people,
            plain.templates,
            NO_ROWS,
            None,
            None,
            counter_examples,
        )

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
        rows = self.rows_of(people)
        counter_examples = self.counter_examples.only(rows) if self.counter_examples else None
        return Gallery(
            self.version,
            self.engine,
            tuple(self.ids[row] for row in rows),
            self.templates[rows],
            counter_examples=counter_examples,
        )

    def with_counter_examples(self, rows: Iterable[tuple[str, int, Vector]], *, slack: float | None = None) -> Gallery:
        """Returns the same gallery with these counter-examples alone: person, id and encoding of each.

        `slack` is by default the engine's.
        """
        given = list(rows)
        slack = distances_of(self.engine).counter_slack if slack is None else slack
        places = {self.ids[row]: row for row in self.rows_of({person for person, *_ in given}).tolist()}
        return replace(self, counter_examples=CounterExamples.of_people(given, places, slack))

    def __len__(self) -> int:
        return len(self.ids) - len(self.gone)

    def __contains__(self, person: str) -> bool:
        return len(self.rows_of({person})) > 0

    @property
    def people(self) -> tuple[str, ...]:
        """Returns the ids of all people, in the order of their rows; of a million it takes 2 s."""
        return tuple(np.delete(np.array(tuple(self.ids), object), self.gone)) if len(self.gone) else tuple(self.ids)

    def first(self, count: int) -> list[str]:
        """Returns the ids of the first `count` people, in the order of their rows."""
        rows = np.arange(min(len(self.ids), count + len(self.gone)))
        return [self.ids[row] for row in np.setdiff1d(rows, self.gone)[:count].tolist()]

    def rows_of(self, people: Collection[str]) -> Indexes:
        """Returns the sorted rows of those of `people` who are in the gallery."""
        return np.setdiff1d(rows_of(self.ids, people), self.gone, assume_unique=True)

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
        if len(self.ids) >= LARGE or len(self.ids) < 2 or self.counter_examples:
            return self.identify_many(probe[None])[0]
        cosines = self.cosines(probe)
        nearest = int(cosines.argmax())
        best, cosines[nearest] = cosines[nearest], NOTHING
        second = int(cosines.argmax())
        return self._match((nearest, second), (best, cosines[second]))

    def identify_many(self, probes: Matrix) -> list[Match]:
        """Finds the person nearest to each row of `probes`, (n, width) float32 of unit length. Exact.

        Much cheaper than one by one in a large gallery, because the templates are read once for all probes. Raises
        WrongEncoder for probes of another shape.
        """
        if probes.ndim != 2 or probes.shape[1] != self.width:
            raise WrongEncoder(f"expected probes of shape (n, {self.width}), got {probes.shape}")
        probes = probes.astype(np.float32, copy=False)
        rows, cosines = self._two_nearest(probes)
        if self.counter_examples is None:
            return list(map(self._match, rows, cosines))
        judged = self.counter_examples.judge(self.templates, probes)
        matches = map(self._match, *judged.beside(rows, cosines))
        return [self._refused(match, judged, probe) for probe, match in enumerate(matches)]

    def cosines(self, probe: Vector) -> Vector:
        """Returns the cosine of each row and `probe`; NOTHING, which is below every cosine, for rows that do not count.

        They are gone, or refused by a counter-example.
        """
        probe = probe.astype(np.float32, copy=False)
        found = np.asarray(self.templates @ probe, np.float32)
        found[self.gone] = NOTHING
        if self.counter_examples:
            judged = self.counter_examples.judge(self.templates, probe[None])
            found[self.counter_examples.people[judged.refused[0]]] = NOTHING
        return found

    def refusing(self, person: str, probe: Vector) -> int | None:
        """Returns the id of the counter-example by which `person` does not count for `probe`, or None."""
        if self.counter_examples is None or not len(rows := self.rows_of({person})):
            return None
        own = self.counter_examples.of(int(rows[0]))
        return own.refusing(self.templates[rows[0]], probe, self.counter_examples.slack)

    def _two_nearest(self, probes: Matrix) -> tuple[Indexes, Cosines]:
        coarse = self.coarse
        if coarse is None and len(self.ids) >= LARGE:
            coarse = Coarse.of(self.templates)
            object.__setattr__(self, "coarse", coarse)
        if coarse is None or not len(probes):
            return two_nearest(self.templates, probes, self._apart)
        rows, cosines = coarse.two_nearest(self.templates, probes, self._apart)
        later = self._apart[np.searchsorted(self._apart, coarse.count) :] - coarse.count
        more_rows, more_cosines = two_nearest(self.templates[coarse.count :], probes, later)
        return best_two(np.hstack([rows, more_rows + coarse.count]), np.hstack([cosines, more_cosines]))

    def _match(self, rows: Iterable[int], cosines: Iterable[float]) -> Match:
        nearest, second = (
            (self.ids[row], _distance(float(cosine))) if cosine > NOTHING else (None, math.inf)
            for row, cosine in zip(rows, cosines, strict=True)
        )
        margin = second[1] - nearest[1] if second[0] else math.inf
        return Match(nearest[0], nearest[1], margin, second[0], self.version)

    def _refused(self, match: Match, judged: JudgedProbes, probe: int) -> Match:
        """Adds the nearest person whom a counter-example refuses, if nobody who counts is nearer."""
        found = judged.nearest_refused(probe)
        if found is None:
            return match
        row, cosine, counter_example = found
        distance = _distance(cosine)
        if distance > match.distance:
            return match
        return replace(match, refused=RefusedPerson(self.ids[row], distance, counter_example))


def _distance(cosine: float) -> float:
    """Returns the Euclidean distance of unit vectors from their dot product."""
    return math.sqrt(max(0.0, 2 - 2 * cosine))
