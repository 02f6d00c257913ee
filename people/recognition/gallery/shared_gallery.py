"""A gallery as it lies in shared memory: the same for the process that writes it and for those that map it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import numpy as np

from people.recognition.engine.kinds import distances_of
from people.recognition.gallery.coarse import NO_ROWS, Coarse
from people.recognition.gallery.code_products import finest_probe_steps
from people.recognition.gallery.counter_examples import CounterExamples
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.memory import Memory
from people.recognition.gallery.nearest import Indexes
from people.recognition.gallery.person_ids import PersonIds
from people.recognition.gallery.shared_rows import Columns, Extent, SharedRows


class SharedNames(Mapping[str, str]):
    """Names by person id, read from the memory when somebody asks; the first time takes 1 ms among a million."""

    def __init__(self, gallery: Gallery, columns: Columns) -> None:
        self._gallery, self._columns = gallery, columns
        self._asked: dict[str, str | None] = {}

    def __getitem__(self, person: str) -> str:
        if person not in self._asked:
            rows = self._gallery.rows_of({person} if person else ())  # a face without a name is asked about, too
            self._asked[person] = self.of_row(int(rows[0])) if len(rows) else None
        name = self._asked[person]
        if name is None:
            raise KeyError(person)
        return name

    def of_row(self, row: int) -> str:
        start, length = self._columns.name_starts[row], self._columns.name_lengths[row]
        return self._columns.names[start : start + length].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._gallery.people)

    def __len__(self) -> int:
        return len(self._gallery)


def shared_gallery(rows: SharedRows) -> tuple[Gallery, SharedNames]:
    """Returns the gallery that goes as far as the extent of `rows`, and its names. Copies only the rows gone."""
    extent = rows.extent
    columns = Columns(rows.memory, extent.room)
    gone = np.sort(columns.gone[: extent.gone]).astype(np.intp) if extent.gone else NO_ROWS
    coarse = None
    if extent.coded:
        steps = finest_probe_steps()
        coarse = Coarse(columns.codes, extent.coded, columns.steps, extent.off, extent.reach, steps)
    ids, templates = PersonIds(columns.ids[: extent.rows]), columns.templates[: extent.rows]
    counter_examples = _counter_examples(columns, extent, gone) if extent.counter_examples else None
    gallery = Gallery(extent.version, extent.engine, ids, templates, gone, coarse, rows, counter_examples)
    return gallery, SharedNames(gallery, columns)


def _counter_examples(columns: Columns, extent: Extent, gone: Indexes) -> CounterExamples | None:
    """Returns those whose row counts. They are few, so they are copied where some do not."""
    rows = columns.counter_rows[: extent.counter_examples].astype(np.intp)
    ids, vectors = columns.counter_ids[: len(rows)], columns.counter_vectors[: len(rows)]
    counts = ~np.isin(rows, gone)
    if not counts.all():
        rows, ids, vectors = rows[counts], ids[counts], vectors[counts]
    slack = distances_of(extent.engine).counter_slack
    return CounterExamples(rows, ids, vectors, slack) if len(rows) else None


class GalleryReader:
    """Keeps the memory of the last gallery mapped, because the next one nearly always lies in the same."""

    def __init__(self) -> None:
        self._memory: Memory | None = None
        self._known = ""

    def gallery(self, extent: Extent, handle: int) -> tuple[Gallery, SharedNames]:
        """Returns the gallery of `extent`; `handle` is a descriptor of its memory, and ours from now on."""
        if self._memory is None or extent.memory != self._known:
            self._memory, self._known = Memory.opened(handle), extent.memory
        else:
            os.close(handle)
        return shared_gallery(SharedRows(self._memory, extent))
