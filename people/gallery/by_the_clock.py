"""Writes down who comes into the gallery or leaves it because a basis begins or ends, which no transaction does."""

from __future__ import annotations

from django.db import connection


def note_bases_by_the_clock() -> bool:
    """Raises the gallery's version if bases have begun or ended since the last call, by anybody; returns whether.

    It compares by the database's clock, locks nothing while there is nothing to note, and then takes 0.1 ms.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_note_bases_by_the_clock()")
        return bool(cursor.fetchone()[0])
