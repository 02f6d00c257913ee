"""Reads the gallery from the database, quickly: 100,000 encodings in 1.2 to 2.1 s."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from people.recognition.engine.kinds import width_of
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Matrix
from people.records.gallery_version import GalleryVersion
from people.records.person import Person

# Binary COPY: parsing 100,000 vectors from text takes 20 times as long. One row is the number of fields, then
# each field after its length; a vector is its number of dimensions, an unused int16, and big-endian float32s.
_ROW = [
    ("fields", ">i2"),
    ("person_length", ">i4"),
    ("person", "V16"),
    ("vector_length", ">i4"),
    ("dimensions", ">i2"),
    ("unused", ">i2"),
]
_HEADER_BYTES = 19
_TRAILER_BYTES = 2
_COPY = """
COPY (
    SELECT photo.person_id, encoding.vector
    FROM people_encoding encoding
    JOIN people_photo photo ON photo.id = encoding.photo_id
    JOIN people_person person ON person.id = photo.person_id
    WHERE encoding.engine = %s AND photo.state = 'enrolled' AND person.retired_at IS NULL
) TO STDOUT (FORMAT binary)
"""


def current_version() -> int:
    """Returns the version of the gallery, which is raised in the very transaction that changes the gallery.

    Returns 0 in a database that was emptied: the row comes back with the first change.
    """
    return GalleryVersion.objects.values_list("version", flat=True).filter(pk=1).first() or 0


def load_gallery(engine: str) -> tuple[Gallery, dict[str, str]]:
    """Returns the gallery of active people made by `engine`, and the names by person id.

    Reads the version before the rows. A change in between makes the gallery newer than it says, so it is loaded once
    more. In the other order a removed person could stay in it for ever.
    """
    version = current_version()
    gallery = Gallery.of_encodings(version, engine, zip(*encodings_of(engine), strict=True))
    names = {str(person): name for person, name in Person.objects.active().values_list("id", "name")}
    return gallery, {person: names.get(person, "") for person in gallery.people}


def encodings_of(engine: str) -> tuple[list[str], Matrix]:
    """Returns person ids and encodings by `engine` of the photos that recognise, one row each: (photos, width)."""
    rows = _rows(engine)
    people: list[bytes] = rows["person"].tolist()
    ids = {person: str(UUID(bytes=person)) for person in set(people)}
    return [ids[person] for person in people], rows["vector"].astype(np.float32)


def _rows(engine: str) -> NDArray[np.void]:
    """Returns an (n,) structured array of person ids and vectors, as Postgres sends them."""
    buffer = BytesIO()
    with connection.cursor() as cursor:
        # COPY takes no parameters of its own; mogrify quotes the engine's key on this side.
        cursor.copy_expert(cursor.mogrify(_COPY, [engine]), buffer)
    rows = buffer.getbuffer()[_HEADER_BYTES:-_TRAILER_BYTES]
    return np.frombuffer(rows, np.dtype([*_ROW, ("vector", ">f4", (_width(rows, engine),))]))


def _width(rows: memoryview, engine: str) -> int:
    """Returns how many numbers a vector has, as the first row says; all of one engine are alike."""
    if not rows:
        return width_of(engine)
    return int(np.frombuffer(rows[: np.dtype(_ROW).itemsize], np.dtype(_ROW))["dimensions"][0])
