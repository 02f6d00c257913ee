"""Reads the counter-examples that decide in a gallery from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast

from people.recognition.gallery.counter_examples import OwnCounterExamples
from people.recognition.types import Vector
from people.records.counter_example import CounterExample, CounterExampleQuerySet

Row = tuple[UUID, int, Vector]


def all_counter_examples(engine: str) -> tuple[list[bytes], OwnCounterExamples | None]:
    """Returns the id of the person of each, 16 bytes, and those of everybody by `engine`, oldest first, if any."""
    rows = _read(CounterExample.objects.in_gallery(engine))
    return [person.bytes for person, _id, _vector in rows], _of(rows) if rows else None


def counter_examples_of(people: Collection[UUID], engine: str) -> dict[UUID, OwnCounterExamples]:
    """Returns those of each of `people` who has any, oldest first."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in _read(CounterExample.objects.in_gallery(engine, people)):
        found[row[0]].append(row)
    return {person: _of(rows) for person, rows in found.items()}


def _read(rows: CounterExampleQuerySet) -> list[Row]:
    # As text: see coverage.py.
    read = rows.order_by("pk").values_list("person_id", "pk", Cast("vector", TextField()))
    return [(person, pk, np.fromstring(text[1:-1], np.float32, sep=",")) for person, pk, text in read]


def _of(rows: list[Row]) -> OwnCounterExamples:
    ids = np.array([pk for _person, pk, _vector in rows], np.int64)
    return OwnCounterExamples(ids, np.stack([vector for *_, vector in rows]))
