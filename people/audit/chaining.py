"""Gives entries that have arrived their place in the chain: in the database, one process at a time."""

from __future__ import annotations

from django.db import connection

AT_ONCE = 2_000
"""Entries of one transaction: a tenth of a second, for which others that want to chain would wait."""

UNLESS_BUSY = "SELECT audit_chain(%s)"
# The row is locked before the function is called, whose statements then see what the process before has committed.
IN_TURN = "SELECT audit_chain(%s) FROM (SELECT FROM people_audithead WHERE id = 1 FOR UPDATE) locked"


def chain(most: int = AT_ONCE) -> int:
    """Chains the oldest entries that wait, at most `most`; returns how many. 0 also if another process is at it."""
    return _chain(UNLESS_BUSY, most)


def chain_all() -> int:
    """Chains all that waits, and returns how many those were.

    It waits for a process that is at it: what that one has taken is not to be seen yet, and whoever erases would leave
    it as it is.
    """
    total = 0
    while made := _chain(IN_TURN, AT_ONCE):
        total += made
    return total


def _chain(statement: str, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [most])
        return int(cursor.fetchone()[0])
