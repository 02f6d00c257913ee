"""The writer of a gallery in shared memory: rows are added, and rows that count no more are listed; none is changed.

So each version is two lengths, however many people there are, and whoever reads an older version is not disturbed.
A person who changes gets a new row. When many rows are gone the rest is written into a new memory.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from people.recognition.errors import LedgerFull
from people.recognition.gallery.coarse import BLOCK_ROWS
from people.recognition.gallery.code_products import ZERO
from people.recognition.gallery.counter_examples import Numbers, OwnCounterExamples
from people.recognition.gallery.gallery import LARGE, Gallery
from people.recognition.gallery.memory import Memory
from people.recognition.gallery.nearest import Indexes
from people.recognition.gallery.person_ids import Halves, PersonIds, halves_of
from people.recognition.gallery.rounding import Rounding
from people.recognition.gallery.shared_gallery import SharedNames, shared_gallery
from people.recognition.gallery.shared_rows import LONGEST_NAME, Columns, Extent, LedgerRoom, SharedRows
from people.recognition.types import Matrix, Vector

SPARE_ROWS = 65_536
"""LedgerRoom for so many rows more than half as many again as there are; it takes no memory until it is written."""
SPARE_COUNTER_EXAMPLES = 4096
"""The same for counter-examples."""
TAIL_ROWS = 8192
"""So many rows without codes are searched in the time of 2,000 with codes (256 numbers); then they get codes."""
WORN_SHARE = 8
"""A new memory is due when an eighth of the rows are gone, beside TAIL_ROWS that may be gone in any gallery."""
COPIED_ROWS = 8192
BLANK_AFTER_S = 10.0
"""A child that still reads an older version takes a quarter of a second to turn to the next, and 2 s at most to search
once more in it. For one that hangs the face is then like nobody's: it is named no more."""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """What a gallery has of one person."""

    template: Vector
    """(width,) float32 of unit length."""
    name: str
    counter_examples: OwnCounterExamples | None = None
    """None: the person has none."""


class Ledger:
    """The gallery of one engine. One thread at a time may write; anybody may read what `at` returned."""

    def __init__(self, engine: str, width: int, people: int, counter_examples: int = 0) -> None:
        """Makes room for `people` and their `counter_examples`, and for those that come."""
        rows = people + people // 2 + SPARE_ROWS
        room = LedgerRoom(width, rows, counter_examples + counter_examples // 2 + SPARE_COUNTER_EXAMPLES)
        self.memory = Memory(Columns.size(room))
        self.columns = Columns(self.memory, room)
        self._extent = Extent(secrets.token_hex(8), 0, engine, room)
        self._names_end = 0
        self._leaving: deque[tuple[float, list[int]]] = deque()

    def at(self, version: int) -> tuple[Gallery, SharedNames]:
        """Returns the gallery as it stands, as this version, and the names of its people."""
        self.blank_gone()
        self._code_tail()
        self._extent = replace(self._extent, version=version)
        return shared_gallery(SharedRows(self.memory, self._extent))

    @property
    def is_worn(self) -> bool:
        """Returns whether so many rows are gone, or so little room is left, that a new memory is due."""
        extent, room = self._extent, self._extent.room
        most_gone = TAIL_ROWS + extent.rows // WORN_SHARE
        is_full = extent.rows > room.rows - SPARE_ROWS // 4
        return (
            extent.gone > most_gone
            or is_full
            or extent.counter_examples > room.counter_examples - SPARE_COUNTER_EXAMPLES // 4
        )

    def add(self, people: Halves, templates: Matrix) -> Indexes:
        """Adds a row for each of `people`, without a name, and returns the rows. Raises LedgerFull."""
        first, last = self._extent.rows, self._extent.rows + len(people)
        if last > self._extent.room.rows:
            raise LedgerFull(f"there is room for {self._extent.room.rows} rows and not for {last}")
        self.columns.ids[first:last] = people
        self.columns.templates[first:last] = templates
        self._extent = replace(self._extent, rows=last)
        return np.arange(first, last)

    def name(self, rows: Indexes, names: Sequence[bytes]) -> None:
        """Names rows that nobody reads yet, in UTF-8; what is longer than LONGEST_NAME is cut off."""
        cut = [name[:LONGEST_NAME] for name in names]
        lengths = np.fromiter(map(len, cut), np.int64, len(cut))
        ends = self._names_end + np.cumsum(lengths)
        self.columns.name_starts[rows], self.columns.name_lengths[rows] = ends - lengths, lengths
        self.columns.names[self._names_end : int(ends[-1])] = np.frombuffer(b"".join(cut), np.uint8)
        self._names_end = int(ends[-1])

    def refuse(self, rows: Indexes, ids: Numbers, vectors: Matrix) -> None:
        """Adds counter-examples of the people in `rows`, which ascend and have none yet. Raises LedgerFull."""
        first, last = self._extent.counter_examples, self._extent.counter_examples + len(rows)
        if last > self._extent.room.counter_examples:
            raise LedgerFull(f"there is room for {self._extent.room.counter_examples} counter-examples, not for {last}")
        columns = self.columns
        columns.counter_rows[first:last], columns.counter_ids[first:last] = rows, ids
        columns.counter_vectors[first:last] = vectors
        self._extent = replace(self._extent, counter_examples=last)

    def change(self, changed: Collection[str], entries: Mapping[str, GalleryEntry]) -> None:
        """Puts the `entries` of those of the `changed` people who are recognised in the place of what they had.

        Who has not really changed keeps the row. Raises LedgerFull, and then nothing is changed.
        """
        gallery, names = shared_gallery(SharedRows(self.memory, self._extent))
        had = {gallery.ids[row]: row for row in gallery.rows_of(changed).tolist()}
        same = {
            person
            for person, entry in entries.items()
            if person in had and self._is(had[person], entry, names, gallery)
        }
        self._add_entries({person: entry for person, entry in entries.items() if person not in same})
        self._drop([row for person, row in had.items() if person not in same])

    def _add_entries(self, new: Mapping[str, GalleryEntry]) -> None:
        """Raises LedgerFull, and then nothing is changed."""
        if not new:
            return
        before = self._extent
        rows = self.add(halves_of(new), np.stack([entry.template for entry in new.values()]))
        refusing = [(row, entry.counter_examples) for row, entry in zip(rows, new.values(), strict=True)]
        try:
            for row, known in refusing:
                if known:
                    self.refuse(np.full(len(known), row), known.ids, known.vectors)
        except LedgerFull:
            self._extent = before
            raise
        self.name(rows, [entry.name.encode() for entry in new.values()])

    def _is(self, row: int, entry: GalleryEntry, names: SharedNames, gallery: Gallery) -> bool:
        # 1e-6: sums of the same encodings in another order differ by less.
        same_face = np.abs(self.columns.templates[row] - entry.template).max() < 1e-6
        none = OwnCounterExamples.none(gallery.width)
        known = gallery.counter_examples.of(row) if gallery.counter_examples else none
        return bool(same_face) and names.of_row(row) == entry.name and known.is_same_as(entry.counter_examples or none)

    def blank_gone(self) -> None:
        """Wipes faces and names of rows that are gone for BLANK_AFTER_S: a face must not outlast its person."""
        while self._leaving and monotonic() - self._leaving[0][0] >= BLANK_AFTER_S:
            _since, rows = self._leaving.popleft()
            self.columns.templates[rows] = 0
            counter_rows = self.columns.counter_rows[: self._extent.counter_examples]
            self.columns.counter_vectors[np.flatnonzero(np.isin(counter_rows, rows))] = 0
            for slab in self.columns.codes:
                slab[rows] = ZERO
            for row in rows:
                start, length = self.columns.name_starts[row], self.columns.name_lengths[row]
                self.columns.names[start : start + length] = ord("?")

    def _drop(self, rows: list[int]) -> None:
        self._leaving.append((monotonic(), rows))
        end = self._extent.gone + len(rows)
        self.columns.gone[self._extent.gone : end] = rows
        self._extent = replace(self._extent, gone=end)

    def _code_tail(self) -> None:
        """Gives codes to the whole blocks that have none, when they are many; the first time chooses the steps."""
        start, end = self._extent.coded, self._extent.rows // BLOCK_ROWS * BLOCK_ROWS
        if self._extent.rows < LARGE or end - start < (TAIL_ROWS if start else BLOCK_ROWS):
            return
        if not start:
            rounding = Rounding.of(self.columns.templates[: self._extent.rows])
            self.columns.mean[:], self.columns.steps[:] = rounding.mean, rounding.steps
        rounding = Rounding(self.columns.mean, self.columns.steps)
        slabs = [slab[start:end] for slab in self.columns.codes]
        off, reach = rounding.write(self.columns.templates[start:end], slabs)
        off, reach = max(off, self._extent.off), max(reach, self._extent.reach)
        self._extent = replace(self._extent, coded=end, off=off, reach=reach)


def renewed(gallery: Gallery, names: SharedNames) -> Ledger:
    """Returns a ledger with the rows of `gallery` that count, in a memory of its own; `at` gives them codes anew.

    Writing into the ledger of `gallery` meanwhile disturbs nothing.
    """
    assert isinstance(gallery.ids, PersonIds)
    known = gallery.counter_examples
    ledger = Ledger(gallery.engine, gallery.width, len(gallery), len(known.ids) if known else 0)
    kept = np.setdiff1d(np.arange(len(gallery.ids)), gallery.gone, assume_unique=True)
    for start in range(0, len(kept), COPIED_ROWS):
        old = kept[start : start + COPIED_ROWS]
        rows = ledger.add(gallery.ids.halves[old], gallery.templates[old])
        ledger.name(rows, [names.of_row(row).encode() for row in old.tolist()])
    if known:
        ledger.refuse(np.searchsorted(kept, known.rows), known.ids, known.vectors)
    return ledger
