"""Tells who has changed in the gallery since an earlier version of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from people.records.gallery_change import GalleryChange
from people.records.gallery_version import GalleryVersion

Stamp = tuple[int, datetime] | None
"""Version and time of its last change: after a restored backup a version can come a second time. None if there is no
row."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened between two versions."""

    people: frozenset[UUID]
    only_added: bool
    """Whether people and photos were added and nothing else happened."""


def current_stamp() -> Stamp:
    """Returns the stamp of the gallery as it stands. Read it before the rows: they are then never older than it."""
    return GalleryVersion.objects.filter(pk=1).values_list("version", "changed_at").first()


def changes_since(known: Stamp, engine: str = "") -> Changes | None:
    """Returns what changed after the version `known`, or None if nobody knows, so that all must be read again.

    `engine`: of its encodings alone; empty: of any. Nobody knows of versions that were kept for too short a time, of
    another history than this database's (a restored backup), and of changes of too many people at once.
    """
    if known is None:
        return None
    later = GalleryChange.objects.filter(version__gt=known[0])
    rows = list(later.values_list("version", "person_id", "is_addition", "is_everybody", "engine"))
    # Asked after them: the mark of a version goes before what came later.
    is_known = GalleryChange.objects.filter(version=known[0], changed_at=known[1]).exists()
    if not is_known or any(is_everybody for _version, _person, _added, is_everybody, _engine in rows):
        return None
    changed = [row for row in rows if row[1] is not None]
    # A version of which no row names a person changed no photo, but thresholds, the engine or a group.
    are_all = {row[0] for row in rows} == {row[0] for row in changed}
    people = frozenset(person for _v, person, _a, _e, of in changed if person and engine in ("", of or engine))
    return Changes(people, are_all and all(row[2] for row in changed))
