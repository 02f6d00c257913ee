"""Whether the time has come at which a row may be taken, also after a clock that was ahead was set back."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

LONGEST_WAIT = timedelta(hours=2)
"""No job, photo or delivery waits for longer. A delivery waits for an hour and a tenth at most; a worker has two hours
to fetch the ZIP of an import of 14 GB, of which 0.5 are usually allowed."""
LONGEST_LEASE = timedelta(minutes=1)
"""No worker leases a camera or a broker, or says that it is here, for longer: that lasts 15 or 20 s, and is renewed."""


def has_come(column: str, longest: timedelta = LONGEST_WAIT) -> Q:
    """Returns the condition that the time in `column` has come, by the database's clock.

    Nothing is ever put off for longer than `longest`: a time beyond was written by a clock that was ahead, and would
    keep the row for as long as that was.
    """
    return Q(**{f"{column}__lte": Now()}) | Q(**{f"{column}__gt": Now() + longest})
