"""Reads the gallery from the database into memory that other processes can map (docs/speed.md has the times)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import numpy as np

from people.gallery.copying import copy_encodings, copy_names
from people.gallery.stored_counter_examples import all_counter_examples, counter_examples_of
from people.recognition.engine.kinds import width_of
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.ledger import GalleryEntry, Ledger
from people.recognition.gallery.shared_gallery import SharedNames
from people.recognition.gallery.summing import Summing
from people.recognition.types import Matrix, Vector
from people.records.gallery_version import GalleryVersion
from people.records.person import Person


def current_version() -> int:
    """Returns the version of the gallery, which is raised in the very transaction that changes the gallery.

    Returns 0 in a database that was emptied: the row comes back with the first change.
    """
    return GalleryVersion.objects.values_list("version", flat=True).filter(pk=1).first() or 0


def load_gallery(engine: str) -> tuple[Gallery, SharedNames]:
    """Returns the gallery of matchable people made by `engine`, and the names by person id.

    Reads the version before the rows. A change in between makes the gallery newer than it says, so it is loaded once
    more. In the other order a removed person could stay in it for ever.
    """
    version = current_version()
    return load_ledger(engine).at(version)


def load_ledger(engine: str) -> Ledger:
    """Returns a new ledger of all matchable people with encodings by `engine`, without a version yet."""
    room = Person.objects.matchable().count()
    of, refusing = all_counter_examples(engine)
    summing: list[Summing] = []

    def take(people: list[bytes], vectors: Matrix) -> None:
        if not summing:
            summing.append(Summing(Ledger(engine, vectors.shape[1], room, len(of))))
        summing[0].add(people, vectors)

    copy_encodings(engine, take)
    if not summing:
        return Ledger(engine, width_of(engine), room)
    summing[0].name(copy_names())
    if refusing:
        summing[0].refuse(of, refusing.ids, refusing.vectors)
    return summing[0].finish()


def entries_of(engine: str, people: Collection[UUID]) -> dict[str, GalleryEntry]:
    """Returns what the gallery has of those of `people` who are recognised."""
    sums: dict[bytes, Vector] = {}

    def take(keys: list[bytes], vectors: Matrix) -> None:
        for key, vector in zip(keys, vectors, strict=True):
            sums[key] = sums[key] + vector if key in sums else vector

    copy_encodings(engine, take, people=people)
    names = dict(copy_names([UUID(bytes=key) for key in sums]))
    refusing = counter_examples_of(people, engine)
    return {
        str(UUID(bytes=key)): GalleryEntry(
            total / np.linalg.norm(total), names.get(key, b"").decode(), refusing.get(UUID(bytes=key))
        )
        for key, total in sums.items()
    }


def encodings_of(engine: str) -> tuple[list[str], Matrix]:
    """Returns person ids and encodings by `engine` of the photos that recognise, one row each: (photos, width)."""
    people: list[bytes] = []
    vectors = [np.empty((0, width_of(engine)), np.float32)]

    def take(some: list[bytes], theirs: Matrix) -> None:
        people.extend(some)
        vectors.append(theirs)

    copy_encodings(engine, take)
    ids = {person: str(UUID(bytes=person)) for person in set(people)}
    return [ids[person] for person in people], np.concatenate(vectors[1:] or vectors)
