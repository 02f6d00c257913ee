"""Finds the strangers nearest to an encoding, by an index that looks at a few hundred of any number of them.

The index (HNSW) may miss one now and then; a second look (second_looks.py) compares with everybody.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from people.recognition.types import Vector
from streams.records.near_index import look_on
from streams.records.states import StrangerState
from streams.strangers.differences import DIFFERENT

# The width stands in the text, because the index is on vectors of this width.
_NEAREST = """
SELECT near.stranger_id, near.distance FROM (
    SELECT stranger_id, engine, vector::vector({width}) <-> %(vector)s::vector({width}) AS distance
    FROM streams_strangerencoding WHERE vector_dims(vector) = {width}
    ORDER BY vector::vector({width}) <-> %(vector)s::vector({width}) LIMIT {most}
) near JOIN streams_stranger stranger ON stranger.id = near.stranger_id
WHERE near.engine = %(engine)s AND near.distance <= %(within)s AND stranger.state = ANY(%(states)s) {and_condition}
ORDER BY near.distance LIMIT 1
"""
_OFFERED = f"""
AND stranger.number IS NOT NULL AND stranger.id <> %(own)s AND stranger.id NOT IN ({DIFFERENT})
"""
MOST = 40
"""How many the index is asked for: some belong to another engine, or are said to be different."""
WIDTH = 100
"""How many candidates the index keeps: among 100,000 strangers it misses two in a hundred with 40, and takes 2 ms
longer with 100."""


class NearStranger(NamedTuple):
    stranger: UUID
    distance: float
    """Euclidean, 0 to 2."""


def nearest_stranger(engine: str, vector: Vector, within: float) -> NearStranger | None:
    """Returns the nearest stranger who can be joined, or None if nobody is within `within`."""
    return _nearest(engine, vector, within)


def resembled_stranger(engine: str, vector: Vector, within: float, own: UUID) -> NearStranger | None:
    """Returns the nearest numbered stranger beside `own` of whom nobody has said that they are different."""
    return _nearest(engine, vector, within, own)


def _nearest(engine: str, vector: Vector, within: float, own: UUID | None = None) -> NearStranger | None:
    query = _NEAREST.format(width=len(vector), most=MOST, and_condition=_OFFERED if own else "")
    asked: dict[str, Any] = {
        "vector": str(vector.tolist()),
        "engine": engine,
        "within": within,
        "own": own,
        "states": [StrangerState.OPEN.value, StrangerState.IGNORED.value],
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{look_on(WIDTH)};{query}", asked)
        found = cursor.fetchone()
    return NearStranger(*found) if found else None
