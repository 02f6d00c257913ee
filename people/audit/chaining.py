"""Gives entries that have arrived their place in the chain: in the database, one process at a time."""

from __future__ import annotations

from django.db import connection, transaction

AT_ONCE = 2_000
"""Entries of one transaction: a tenth of a second, for which others that want to chain would wait."""


def chain(most: int = AT_ONCE) -> int:
    """Chains the oldest entries that wait, at most `most`; returns how many. 0 also if another process is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_chain(%s)", [most])
        return int(cursor.fetchone()[0])


def chain_all() -> int:
    """Chains all that waits, and returns how many those were."""
    total = 0
    while made := chain():
        total += made
    return total


def chain_all_in_turn() -> int:
    """The same, and waits for another process that is at it: whatever was committed before is chained afterwards."""
    total = 0
    while made := _chain_in_turn():
        total += made
    return total


@transaction.atomic
def _chain_in_turn() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM people_audithead WHERE id = 1 FOR UPDATE")
    return chain()
