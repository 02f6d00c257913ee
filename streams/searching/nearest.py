"""Finds the sightings nearest to a face: exactly, or by an index that looks at a few thousand of any number of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.db import connection

from people.recognition.types import Vector
from streams.records.near_index import look_on
from streams.records.sighting import SightingQuerySet

EXACT_UP_TO = 5_000
"""Up to so many sightings each is compared: among so few the index saves nothing, and it passes over rows that a filter
leaves out until it has looked at LOOKED_AT. With filters that leave more it comes to enough of them."""
FEW = 200
"""So many are asked for first: a search for the newest wants the nearest thousand, of which mostly a few are near."""
MARGIN = 20
WIDTH = 1000
"""How many candidates the index keeps while it looks (ef_search), pgvector's most: docs/speed.md has what it misses and
what it missed with fewer."""


Near = tuple[UUID, float, datetime]
"""A sighting, its distance, and when it began: a list in order of time would have to ask for that again."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Sightings, nearest first, and how many were compared."""

    found: list[Near]
    searched: int | None
    """None: by the index, which does not compare all."""


def nearest(
    rows: SightingQuerySet, *, engine: str, vector: Vector, within: float, most: int, exact: bool = False
) -> Nearest:
    """Returns at most `most` of `rows` up to `within` (Euclidean, 0 to 2) from `vector`. Needs a transaction.

    Encodings of other engines are left out. `exact`: compare all, whatever that takes.
    """
    searchable = rows.searchable(engine).order_by()
    number = searchable.count() if exact else searchable[: EXACT_UP_TO + 1].count()
    if exact or number <= EXACT_UP_TO:
        return Nearest(list(searchable.near(engine, vector, within)[:most]), number)
    candidates = _by_index(searchable, engine, vector, within, most)
    return Nearest(sorted(candidates, key=lambda row: (row[1], row[0]))[:most], None)


def _by_index(searchable: SightingQuerySet, engine: str, vector: Vector, within: float, most: int) -> list[Near]:
    """Returns the nearest up to `within`, not in order: asks for FEW first, and for more if all of these are near.

    Always in steps of FEW, and for MARGIN more than are wanted. They come nearly in order, so the last of 49 may not be
    the 49th: a second page, cut out of the first 97, would repeat one of the first page and pass over one that stood
    nowhere.
    """
    found: list[Near] = []
    for number in sorted({FEW, FEW * ceil((most + MARGIN) / FEW)}):
        with connection.cursor() as cursor:
            cursor.execute(look_on(WIDTH))
        found = list(searchable.near_by_index(engine, vector, number))
        if len(found) < number or found[-1][1] > within:
            break
    return [row for row in found if row[1] <= within]
