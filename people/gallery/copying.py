"""Reads the rows of the gallery with binary COPY, some thousands at a time, so that a million need no memory beside it.

Parsing 100,000 vectors from text takes 20 times as long. A row is the number of fields, then each field after its
length; a vector is its number of dimensions, an unused int16, and big-endian float32s.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from people.recognition.types import Matrix

Take = Callable[[list[bytes], Matrix], None]
"""Takes the ids of people, 16 bytes each, and as many encodings, (n, width)."""
AT_ONCE = 8192
_ROW = [
    ("fields", ">i2"),
    ("person_length", ">i4"),
    ("person", "V16"),
    ("vector_length", ">i4"),
    ("dimensions", ">i2"),
    ("unused", ">i2"),
]
_HEADER_BYTES = 19
_ENCODINGS = """
    SELECT photo.person_id, encoding.vector
    FROM people_encoding encoding
    JOIN people_photo photo ON photo.id = encoding.photo_id
    JOIN people_matchable matchable USING (person_id)
    WHERE encoding.engine = %s AND photo.state = 'enrolled'
"""
_NAMES = "SELECT id, name FROM people_person JOIN people_matchable ON person_id = id WHERE TRUE"


def copy_encodings(engine: str, take: Take, *, people: Collection[UUID] | None = None) -> None:
    """Hands the encodings by `engine` that recognise to `take`: of everybody, or of `people` alone."""
    # COPY takes no parameters of its own; mogrify quotes them on this side.
    _copy(*_of(_ENCODINGS, "photo.person_id", [engine], people), rows := _EncodingRows(take))
    rows.end()


def copy_names(people: Collection[UUID] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Yields the id (16 bytes) and the name (UTF-8) of every matchable person, or of those of `people`."""
    buffer = BytesIO()
    _copy(*_of(_NAMES, "id", [], people), buffer)
    rows, at = buffer.getbuffer(), _HEADER_BYTES
    while rows[at + 1] == 2:  # fields; at the end it is -1, two bytes of 255
        end = at + 26 + int.from_bytes(rows[at + 22 : at + 26], "big")
        yield bytes(rows[at + 6 : at + 22]), bytes(rows[at + 26 : end])
        at = end


def _of(query: str, column: str, values: list[Any], people: Collection[UUID] | None) -> tuple[str, list[Any]]:
    if people is None:
        return query, values
    return f"{query} AND {column} = ANY(%s::uuid[])", [*values, [str(person) for person in people]]


def _copy(query: str, values: list[Any], into: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # 4 MB, the default, hold no million photos: Postgres would write all vectors to its disk and read them again.
        # ORDER BY would do so, too.
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.copy_expert(cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT binary)", values), into, AT_ONCE)


class _EncodingRows:
    """A file for COPY to write to."""

    def __init__(self, take: Take) -> None:
        self._take, self._waiting, self._row = take, bytearray(), np.dtype(_ROW)

    def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) > AT_ONCE * self._row.itemsize:
            self._hand_on()

    def end(self) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        """Hands on whole rows; the last two bytes of all are none."""
        if "vector" not in (self._row.names or ()):
            self._begin()
        count = len(self._waiting) // self._row.itemsize
        rows = np.frombuffer(bytes(self._waiting[: count * self._row.itemsize]), self._row)
        del self._waiting[: count * self._row.itemsize]
        if count:
            self._take(rows["person"].tolist(), rows["vector"].astype(np.float32))

    def _begin(self) -> None:
        """Drops the header, and reads off the first row how many numbers a vector has; all of an engine are alike."""
        del self._waiting[:_HEADER_BYTES]
        first = bytes(self._waiting[: self._row.itemsize])
        width = int(np.frombuffer(first, self._row)["dimensions"][0]) if len(first) == self._row.itemsize else 1
        self._row = np.dtype([*_ROW, ("vector", ">f4", (width,))])
