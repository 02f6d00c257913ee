"""The counter-examples of a gallery: faces that are known not to be certain people, who are easily taken for them.

A person counts for a face only if the face is farther from each of the person's counter-examples than from the person,
by more than a slack. Who does not count is left out, and the next person decides: of faces of somebody else enrolled
that was right nine times of ten (docs/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from people.recognition.gallery.nearest import NOTHING, Cosines, Indexes, best_two
from people.recognition.types import Matrix, Vector

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OwnCounterExamples:
    """The counter-examples of one person."""

    ids: Numbers
    vectors: Matrix
    """(k, width) of unit length."""

    @classmethod
    def none(cls, width: int) -> OwnCounterExamples:
        return cls(np.empty(0, np.int64), np.empty((0, width), np.float32))

    def __len__(self) -> int:
        return len(self.ids)

    def is_same_as(self, other: OwnCounterExamples) -> bool:
        return np.array_equal(self.ids, other.ids) and np.array_equal(self.vectors, other.vectors)

    def refusing(self, template: Vector, probe: Vector, slack: float) -> int | None:
        """Returns the id of the counter-example by which the person does not count for `probe`, or None."""
        if not len(self):
            return None
        cosines = self.vectors @ probe
        nearest = int(cosines.argmax())
        return int(self.ids[nearest]) if _refuses(cosines[nearest], template @ probe, slack) else None


@dataclass(frozen=True, slots=True, eq=False)
class CounterExamples:
    """Those of all people of a gallery who have any; few people do."""

    rows: Indexes
    """(k,) ascending: the gallery's row of the person for whom each is taken."""
    ids: Numbers
    vectors: Matrix
    """(k, width) of unit length."""
    slack: float
    """Distance, as in Distances.counter_slack."""
    people: Indexes = field(init=False)
    """(p,) ascending: the rows of people who have any."""
    starts: Indexes = field(init=False)
    """(p,): where those of each begin."""

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.ids) == len(self.vectors) or (np.diff(self.rows) < 0).any():
            raise ValueError("expected a row, an id and a vector for each counter-example, in the order of rows")
        people, starts = np.unique(self.rows, return_index=True)
        object.__setattr__(self, "people", people)
        object.__setattr__(self, "starts", starts)

    @classmethod
    def of_people(
        cls, given: Iterable[tuple[str, int, Vector]], places: Mapping[str, int], slack: float
    ) -> CounterExamples | None:
        """Makes them of person, id and encoding of each, in any order; `places` has the rows of people.

        Leaves out those of anybody who has no row. Returns None if there are none.
        """
        kept = [(places[person], number, vector) for person, number, vector in given if person in places]
        if not kept:
            return None
        rows, ids, vectors = zip(*sorted(kept, key=lambda each: each[:2]), strict=True)
        return cls(np.array(rows, np.intp), np.array(ids, np.int64), np.array(vectors, np.float32), slack)

    def only(self, kept: Indexes) -> CounterExamples | None:
        """Returns those of the people in the ascending rows `kept`, with their places in `kept` for rows."""
        which = np.flatnonzero(np.isin(self.rows, kept))
        if not len(which):
            return None
        rows = np.searchsorted(kept, self.rows[which])
        return CounterExamples(rows, self.ids[which], self.vectors[which], self.slack)

    def of(self, row: int) -> OwnCounterExamples:
        """Returns those of the person in this row of the gallery."""
        first, last = np.searchsorted(self.rows, (row, row + 1))
        return OwnCounterExamples(self.ids[first:last], self.vectors[first:last])

    def judge(self, templates: Matrix, probes: Matrix) -> JudgedProbes:
        """Compares (n, width) `probes` with the people who have counter-examples; `templates` are the gallery's."""
        cosines = np.asarray(probes @ templates[self.people].T, np.float32)
        against = np.asarray(probes @ self.vectors.T, np.float32)
        refused = _refuses(np.maximum.reduceat(against, self.starts, axis=1), cosines, self.slack)
        return JudgedProbes(self, cosines, against, refused)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedProbes:
    """How near each probe is to the p people with counter-examples, and to these."""

    by: CounterExamples
    near: Cosines
    """(n, p): of the probe and the person."""
    against: Cosines
    """(n, k): of the probe and the counter-example."""
    refused: NDArray[np.bool_]
    """(n, p): whether the person does not count for the probe."""

    def beside(self, rows: Indexes, cosines: Cosines) -> tuple[Indexes, Cosines]:
        """Returns (n, 2) rows and cosines of the nearest two, of these people and of everybody else's nearest two."""
        people = np.broadcast_to(self.by.people, self.near.shape)
        return best_two(np.hstack([rows, people]), np.hstack([cosines, self.cosines]))

    @property
    def cosines(self) -> Cosines:
        """Returns (n, p) cosines; NOTHING for who does not count."""
        return np.where(self.refused, np.float32(NOTHING), self.near)

    def nearest_refused(self, probe: int) -> tuple[int, float, int] | None:
        """Returns row, cosine and counter-example of the nearest person who does not count for this probe."""
        if not self.refused[probe].any():
            return None
        which = int(np.where(self.refused[probe], self.near[probe], NOTHING).argmax())
        last = np.append(self.by.starts, len(self.by.rows))[which + 1]
        place = self.by.starts[which] + int(self.against[probe, self.by.starts[which] : last].argmax())
        return int(self.by.people[which]), float(self.near[probe, which]), int(self.by.ids[place])


def _refuses(against: Cosines, near: Cosines, slack: float) -> NDArray[np.bool_]:
    """Returns whether a face is not farther from the counter-example than from the person by more than `slack`."""
    return np.asarray(_distances(against) <= _distances(near) + slack)


def _distances(cosines: Cosines) -> NDArray[np.float64]:
    return np.sqrt(np.maximum(0, 2 - 2 * np.asarray(cosines, np.float64)))
