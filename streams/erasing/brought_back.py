"""Notes that a restored backup may have brought back who was erased since, until that is erased again.

Nobody starts the site before: a restore that is killed between its two steps would recognise them. The note is a table,
made in the transaction that restores the others, which may be those of an earlier release.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection

SAYS = (
    "A backup was restored here, and whoever was erased since it was made may be back. Run `manage.py migrate` and "
    "then `manage.py erase_again` to its end, before the site starts (docs/operating.md)."
)


def note(cursor: Any) -> None:
    """Notes it, in the transaction of `cursor`."""
    cursor.execute("CREATE TABLE facesite_brought_back AS SELECT statement_timestamp() AS at")


def is_noted() -> bool:
    """Returns False also if the database does not answer: whoever starts waits for it, or says so."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.facesite_brought_back') IS NOT NULL")
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS facesite_brought_back")
