"""How far the indexes of encodings (pgvector's HNSW) look: by themselves, not far enough."""

from __future__ import annotations

LOOKED_AT = 20_000
"""Rows, nearest first, at which an index looks at most."""


def look_on(width: int) -> str:
    """Returns a statement that holds until the transaction ends: keep `width` candidates at a time, and look on.

    An index also holds rows that are gone until their table is vacuumed, and knows no filter. A sighting of a stranger
    leaves such a row, as near as its successor: a hundred of them were the whole list, and nobody was found. With
    `iterative_scan` it goes on until it has enough rows that are there. Relaxed: candidates come nearly in order, and
    whoever asks puts them into exact order.
    """
    return (
        "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), "
        f"set_config('hnsw.ef_search', '{width:d}', true), set_config('hnsw.max_scan_tuples', '{LOOKED_AT:d}', true)"
    )
