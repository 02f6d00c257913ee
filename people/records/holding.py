"""Rows held until a transaction ends, always in one order: people, then photos, then what raises the gallery's version.

That version is one row, which every write of an encoding changes and so holds, too. Whoever held it first and then
waited for a photo would wait for a worker that holds the photo and waits for the version: Postgres ends one of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from people.records.person import Person
from people.records.photo import Photo, PhotoQuerySet


def hold(people: Iterable[UUID]) -> dict[UUID, Person]:
    """Keep others from editing or merging these people until the transaction ends; those who exist, by id.

    Always in the order of their ids, so that two opposite merges wait and do not deadlock; sightings of them can be
    written meanwhile.
    """
    rows = Person.objects.filter(pk__in=list(people)).order_by("pk").select_for_update(no_key=True)
    return {person.pk: person for person in rows}


def hold_photos(photos: PhotoQuerySet) -> list[Photo]:
    """Keep others from reading or deciding on `photos` until the transaction ends; those that exist then."""
    return list(photos.order_by("pk").select_for_update(of=("self",), no_key=True))
