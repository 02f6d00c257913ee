"""Locks on people and photos until a transaction ends, always in one order: people, photos, then the gallery version.

The gallery version is one row, and every write of an encoding changes it and therefore locks it. A transaction that
locked it before a photo could deadlock with a worker that holds the photo and waits for the version; Postgres would
abort one of the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from people.base.names import folded
from people.records.person import Person
from people.records.photo import Photo, PhotoQuerySet


def hold(people: Iterable[UUID]) -> dict[UUID, Person]:
    """Locks these people until the transaction ends, so nobody else edits or merges them.

    Returns those who exist, by id. It locks them in the order of their ids: two opposite merges then wait for each
    other and do not deadlock. Others can still write sightings of them.
    """
    rows = Person.objects.filter(pk__in=list(people)).order_by("pk").select_for_update(no_key=True)
    return {person.pk: person for person in rows}


def hold_name(name: str) -> None:
    """Lets nobody else look for people of this name, to add one if there is none, until the transaction ends.

    Call it before `hold`. Clients send the first photos of somebody at the same time.
    """
    with connection.cursor() as cursor:
        # The lock's name is older than its other users; two releases at work must use the same.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('people.dialect.subjects'), hashtext(%s))", [folded(name)]
        )


def hold_photos(photos: PhotoQuerySet) -> list[Photo]:
    """Locks `photos` until the transaction ends, so nobody else enrols or decides on them; returns those that exist."""
    return list(photos.order_by("pk").select_for_update(of=("self",), no_key=True))
