"""Makes a gallery of encodings as they come, in any order and without holding them: a million take 1 GB, not 3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from people.recognition.gallery.counter_examples import Numbers
from people.recognition.gallery.ledger import Ledger
from people.recognition.gallery.nearest import Indexes
from people.recognition.gallery.person_ids import halves
from people.recognition.types import Matrix

AT_ONCE = 8192
"""Templates scaled, and names written, at once."""


class Summing:
    """Adds up the encodings of each person in the rows of an empty `ledger`, and scales them at the end."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._row_of: dict[bytes, int] = {}

    def add(self, people: Sequence[bytes], vectors: Matrix) -> None:
        """Adds (n, width) encodings of `people`, given by their ids' 16 bytes. Raises LedgerFull."""
        rows, new = [], []
        for person in people:
            row = self._row_of.get(person)
            if row is None:
                row = self._row_of[person] = len(self._row_of)
                new.append(person)
            rows.append(row)
        self._ledger.add(halves(new), np.zeros((len(new), vectors.shape[1]), np.float32))
        self._sum_up(np.array(rows, np.intp), vectors)

    def _sum_up(self, rows: Indexes, vectors: Matrix) -> None:
        templates = self._ledger.columns.templates
        of_whom = np.unique(rows)
        if len(of_whom) == len(rows):
            templates[rows] += vectors
            return
        order = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[order], of_whom)
        templates[of_whom] += np.add.reduceat(vectors[order], starts, axis=0)

    def name(self, names: Iterable[tuple[bytes, bytes]]) -> None:
        """Names people, given by id, in UTF-8; of somebody without encodings nothing is kept."""
        known = ((self._row_of[person], name) for person, name in names if person in self._row_of)
        while some := list(islice(known, AT_ONCE)):
            self._ledger.name(np.array([row for row, _name in some], np.intp), [name for _row, name in some])

    def refuse(self, people: Sequence[bytes], ids: Numbers, vectors: Matrix) -> None:
        """Adds counter-examples of `people`; of somebody without encodings nothing is kept. Raises LedgerFull."""
        rows = np.array([self._row_of.get(person, -1) for person in people], np.intp)
        order = np.argsort(rows, kind="stable")[np.count_nonzero(rows < 0) :]
        self._ledger.refuse(rows[order], ids[order], vectors[order])

    def finish(self) -> Ledger:
        """Scales every template to unit length, and returns the ledger."""
        templates = self._ledger.columns.templates
        for start in range(0, len(self._row_of), AT_ONCE):
            some = templates[start : min(start + AT_ONCE, len(self._row_of))]
            some /= np.linalg.norm(some, axis=1, keepdims=True)
        return self._ledger
