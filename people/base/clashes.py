"""Tells database errors caused by two simultaneous requests from real faults."""

from __future__ import annotations

from django.db import IntegrityError, OperationalError
from psycopg2 import errorcodes

_CLASHES = {errorcodes.UNIQUE_VIOLATION, errorcodes.FOREIGN_KEY_VIOLATION, errorcodes.DEADLOCK_DETECTED}


def is_clash(error: Exception) -> bool:
    """Returns whether a retry of the same request may succeed, or at least be refused with a reason."""
    is_of_database = isinstance(error, IntegrityError | OperationalError)
    return is_of_database and getattr(error.__cause__, "pgcode", None) in _CLASHES
