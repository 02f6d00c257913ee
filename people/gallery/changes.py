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


def changes_since(known: Stamp) -> Changes | None:
    """Returns what changed after the version `known`, or None if nobody knows, so that all must be read again.

    Nobody knows of versions that were kept for too short a time, of another history than this database's (a restored
    backup), and of changes of too many people at once.
    """
    if known is None:
        return None
    now = current_stamp()
    rows = GalleryChange.objects.filter(version__gte=known[0])
    found = list(rows.values_list("version", "changed_at", "person_id", "is_addition"))
    if not any((version, changed_at) == known for version, changed_at, _person, _addition in found):
        return None
    later = [row for row in found if row[0] > known[0]]
    people = frozenset(person for _version, _at, person, _addition in later if person is not None)
    is_known = all(person is not None for _version, _at, person, _addition in later)
    # Versions without a row changed no photo, but thresholds, the engine or a group.
    are_all = now is not None and len({row[0] for row in later}) >= now[0] - known[0]
    return Changes(people, are_all and all(row[3] for row in later)) if is_known else None
