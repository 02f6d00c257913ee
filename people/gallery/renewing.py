"""A gallery that is brought up to date by the people who changed: everybody is read once, and not each time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from people.gallery.changes import Changes, Stamp, changes_since, current_stamp
from people.gallery.stored import load_gallery
from people.recognition.gallery.changing import with_people
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Vector
from people.records.encoding import Encoding
from people.records.person import Person

MOST_CHANGED = 2000
"""If more people changed, it is quicker to read everybody."""


@dataclass(frozen=True, slots=True)
class StampedGallery:
    """A gallery, the names of its people by id, and the stamp of the database that it is at least as new as."""

    stamp: Stamp
    gallery: Gallery
    names: dict[str, str]


def newest_gallery(engine: str, known: StampedGallery | None) -> StampedGallery:
    """Returns the gallery of `engine` as it stands, made from the `known` one where the changes since are known.

    The stamp is read before the rows: what changes in between is then found the next time.
    """
    stamp = current_stamp()
    if known is not None and known.gallery.engine == engine:
        if known.stamp == stamp:
            return known
        changes = changes_since(known.stamp)
        if changes is not None and len(changes.people) <= MOST_CHANGED:
            return _changed(known, stamp, changes)
    return StampedGallery(stamp, *load_gallery(engine))


def _changed(known: StampedGallery, stamp: Stamp, changes: Changes) -> StampedGallery:
    ids = {str(person) for person in changes.people}
    templates = _templates(known.gallery.engine, changes.people)
    gallery = with_people(known.gallery, stamp[0] if stamp else 0, ids, templates)
    names = {person: name for person, name in known.names.items() if person not in ids}
    found = Person.objects.active().filter(pk__in=templates).values_list("pk", "name")
    return StampedGallery(stamp, gallery, names | {str(person): name for person, name in found})


def _templates(engine: str, people: frozenset[UUID]) -> dict[str, Vector]:
    """Returns the templates of those of `people` who are recognised."""
    sums: dict[str, Vector] = {}
    rows = Encoding.objects.in_gallery(engine).filter(photo__person__in=people)
    for person, vector in rows.values_list("photo__person_id", "vector"):
        sums[str(person)] = sums.get(str(person), 0) + np.asarray(vector, np.float32)
    return {person: total / np.linalg.norm(total) for person, total in sums.items()}
