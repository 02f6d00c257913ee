"""Finds whose photos lie near to an encoding, exactly, in a time that hardly grows with the number of people.

A shortlist in memory, kept as new as the database by its changes, says who may be near; the database compares those
few. The query that averaged everybody's photos for each new one took 1.3 s at 147,000 photos (docs/speed.md).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from people.gallery.changes import Stamp, changes_since, current_stamp
from people.recognition.engine.kinds import distances_of
from people.recognition.gallery.shortlist import Shortlist, widest_axes
from people.recognition.types import FARTHEST, Matrix, Vector
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.matchable import matchable_people
from people.records.photo import Photo
from people.records.states import PhotoState

COMPARED = (PhotoState.ENROLLED, PhotoState.REVIEW)
"""States of photos that a copy is looked for among; templates are made of enrolled ones alone."""
FEW = 1024
"""Fewer photos are kept whole; of more, axes are chosen by a sample."""
SAMPLE = 4096
COPY_AXES = 12
"""Copies lie so near that fewer axes tell them from everything else: among 160,000 photos they leave one other."""
MOST_CHANGED = 2000
"""If more people changed, it is quicker to read everybody."""
_COPY = """
COPY (
    SELECT photo.person_id, photo.id, photo.state = 'enrolled', encoding.vector
    FROM people_encoding encoding
    JOIN people_photo photo ON photo.id = encoding.photo_id
    JOIN people_matchable matchable USING (person_id)
    WHERE encoding.engine = %s AND photo.state IN ('enrolled', 'review')
    ORDER BY photo.person_id
) TO STDOUT (FORMAT binary)
"""
Row = tuple[UUID, UUID, bool, Vector]
"""Person, photo, whether it is enrolled, and its encoding."""


class Nearby:
    """The photos and templates of one engine, in this process. Threads can share it; `renew` it before a search."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._stamp: Stamp = None
        self._read_at = 0
        """How many photos there were when everybody was read."""
        self._photos_of: dict[UUID, list[UUID]] = {}
        self._photos: Shortlist[UUID] = Shortlist(np.empty((0, 0), np.float32))
        self._people: Shortlist[UUID] = Shortlist(np.empty((0, 0), np.float32))

    def renew(self) -> None:
        """Brings it up to the database's version: by the people who changed, or by reading everybody."""
        with self._lock:
            stamp = current_stamp()
            if stamp == self._stamp and stamp is not None:
                return
            changes = changes_since(self._stamp)
            if changes is None or len(changes.people) > MOST_CHANGED or self._has_outgrown():
                self._read_everybody()
            else:
                self._read(changes.people)
            self._stamp = stamp if len(self._photos) else None

    def person_nearest_to(self, vector: Vector, *, within: float, own: UUID, but: UUID) -> tuple[UUID, float] | None:
        """Returns the person whose template is nearest to `vector`, and its distance, if at most `within`.

        The photo `but` is left out of its person's template, and others whom a counter-example refuses for this face
        are left out. Returns None if nobody is within, or if the person `own` is nearer than anybody else.
        """
        with self._lock:
            found = self._people.within(vector, within)
        if not any(person != own for person in found):
            return None
        templates = Encoding.objects.in_gallery(self._engine).filter(photo__person__in={*found, own}).exclude(photo=but)
        against = dict(CounterExample.objects.in_gallery(self._engine, found).nearest_of_each(vector))
        slack = distances_of(self._engine).counter_slack
        for row in templates.people_nearest_to(vector):
            person, distance = row["person"], row["distance"]
            if person == own or distance > within:
                return None
            if against.get(person, FARTHEST + slack) > distance + slack:
                return person, distance
        return None

    def copy_of_another(
        self, vector: Vector, *, within: float, own: UUID, states: Collection[str] = COMPARED
    ) -> tuple[UUID, float] | None:
        """Returns another person with a photo within `within` of `vector`, and its distance; the nearest one."""
        with self._lock:
            found = self._photos.within(vector, within)
        photos = Encoding.objects.of_matchable().filter(engine=self._engine, photo__in=found, photo__state__in=states)
        others = photos.exclude(photo__person=own) if found else photos.none()
        nearest: Any = others.nearest_to(vector).select_related("photo").first()
        if nearest is None or nearest.distance > within:
            return None
        return nearest.photo.person_id, nearest.distance

    def _has_outgrown(self) -> bool:
        """Returns whether it was last read with a quarter of the photos, and then too few to choose axes for good."""
        return self._read_at < 4 * SAMPLE and len(self._photos) >= max(FEW, 4 * self._read_at)

    def _read_everybody(self) -> None:
        rows = _everybody(self._engine)
        vectors = rows["vector"].astype(np.float32)
        people = [UUID(bytes=person) for person in rows["person"].tolist()]
        photos = [UUID(bytes=photo) for photo in rows["photo"].tolist()]
        sample = vectors[:: max(1, len(vectors) // SAMPLE)]
        axes = widest_axes(sample) if len(vectors) >= FEW else np.eye(vectors.shape[1], dtype=np.float32)
        starts = [row for row in range(len(people)) if row == 0 or people[row] != people[row - 1]]
        ends = [*starts[1:], len(people)]
        sums = np.add.reduceat(vectors * rows["enrolled"][:, None], starts) if starts else vectors
        lengths = np.linalg.norm(sums, axis=1)
        known = np.flatnonzero(lengths > 0)
        self._photos_of = {people[start]: photos[start:end] for start, end in zip(starts, ends, strict=False)}
        self._photos = Shortlist.of(axes[:COPY_AXES], photos, vectors)
        self._people = Shortlist.of(axes, [people[starts[n]] for n in known], sums[known] / lengths[known, None])
        self._read_at = len(vectors)

    def _read(self, people: Collection[UUID]) -> None:
        found: dict[UUID, list[Row]] = defaultdict(list)
        for row in _photos_of(self._engine, people):
            found[row[0]].append(row)
        for person in people:
            for photo in self._photos_of.pop(person, ()):
                self._photos.drop(photo)
            self._people.drop(person)
            if rows := found.get(person):
                vectors = np.array([row[3] for row in rows], np.float32)
                self._put(person, [row[1] for row in rows], vectors, [row[2] for row in rows])

    def _put(self, person: UUID, photos: list[UUID], vectors: Matrix, enrolled: list[bool]) -> None:
        self._photos_of[person] = photos
        for photo, vector in zip(photos, vectors, strict=True):
            self._photos.put(photo, vector)
        if any(enrolled):
            mean = vectors[enrolled].sum(axis=0)
            self._people.put(person, mean / np.linalg.norm(mean))


def _photos_of(engine: str, people: Collection[UUID]) -> Iterable[Row]:
    rows = Encoding.objects.of_matchable().filter(engine=engine, photo__person__in=people, photo__state__in=COMPARED)
    for person, photo, state, vector in rows.values_list("photo__person_id", "photo_id", "photo__state", "vector"):
        yield person, photo, state == PhotoState.ENROLLED, vector


def _everybody(engine: str) -> NDArray[np.void]:
    """Returns a structured array of person, photo, enrolled and vector, as binary COPY sends it, sorted by person.

    A row is the number of fields, then each field after its length; a vector is its number of dimensions, an unused
    int16, and big-endian float32s. `stored.py` says why.
    """
    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(_COPY, [engine]), buffer)
    body = buffer.getbuffer()[19:-2]
    width = int.from_bytes(body[51:53], "big") if len(body) else 1
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("person_length", ">i4"),
            ("person", "V16"),
            ("photo_length", ">i4"),
            ("photo", "V16"),
            ("enrolled_length", ">i4"),
            ("enrolled", "?"),
            ("vector_length", ">i4"),
            ("width", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f4", (width,)),
        ]
    )
    return np.frombuffer(body, dtype=row)


_nearby: dict[str, Nearby] = {}


def nearby(engine: str) -> Nearby:
    """Returns this process's Nearby of `engine`; it keeps that of the engine asked for last."""
    known = _nearby.get(engine)
    if known is None:
        _nearby.clear()
        known = _nearby[engine] = Nearby(engine)
    return known


def same_file(photo: Photo, engine: str, states: Collection[str] = COMPARED) -> UUID | None:
    """Returns another matchable person who has the very same file, if `engine` has not encoded theirs.

    What it has encoded is compared by the face: of a group picture each person has another face.
    """
    twins = Photo.objects.without_encoding(engine).filter(sha256=photo.sha256, state__in=states)
    twins = twins.filter(person__in=matchable_people())
    alike = twins.filter(chosen_box=photo.chosen_box) if photo.chosen_box else twins.filter(chosen_box__isnull=True)
    return alike.exclude(person=photo.person_id).values_list("person_id", flat=True).first()
