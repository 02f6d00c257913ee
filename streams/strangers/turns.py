"""Lets one worker at a time join strangers: two at once would begin two strangers of one person."""

from __future__ import annotations

from django.db import connection

_TRY = "SELECT pg_try_advisory_xact_lock(hashtext('streams.strangers.joining'))"


def is_our_turn() -> bool:
    """Takes the turn until the transaction ends; returns False if another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRY)
        return bool(cursor.fetchone()[0])


def wait_for_our_turn() -> None:
    """Takes the turn until the transaction ends, after whoever has it: a batch of the joiner takes half a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('streams.strangers.joining'))")
