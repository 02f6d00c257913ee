"""Lets one worker at a time join strangers: two at once would begin two strangers of one person."""

from __future__ import annotations

from django.db import connection

# 100: among 100,000 strangers the index misses two in a hundred by default (40), and takes 2 ms longer with 100.
_TRY = """
SELECT pg_try_advisory_xact_lock(hashtext('streams.strangers.joining')), set_config('hnsw.ef_search', '100', true)
"""


def is_our_turn() -> bool:
    """Takes the turn until the transaction ends; returns False if another worker has it.

    In this transaction the index looks at more strangers than usual.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY)
        return bool(cursor.fetchone()[0])


def wait_for_our_turn() -> None:
    """Takes the turn until the transaction ends, after whoever has it: a batch of the joiner takes half a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('streams.strangers.joining'))")
