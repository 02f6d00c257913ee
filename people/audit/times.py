"""Where a time lies in the chain: numbers rise with the time of chaining, and nothing is chained before it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from people.audit.entry import AuditEntry
from people.audit.standing import was_ever_set_back

_CHAINED_BY = "SELECT chained_at FROM people_auditentry WHERE number >= %s ORDER BY number LIMIT 1"


def within(rows: QuerySet[AuditEntry], since: datetime | None, until: datetime | None) -> QuerySet[AuditEntry]:
    """Narrows `rows` to what was done from `since` on and before `until`; None: any time.

    Nothing is chained before it is done, but much later if the database was away or no web process ran: so only the
    lower end bounds the numbers.
    """
    if since:
        rows = rows.filter(at__gte=since, number__gte=first_chained_at(since))
    return rows.filter(at__lt=until) if until else rows


def first_chained_at(moment: datetime) -> int:
    """Returns a number before which no entry was chained at `moment` or later; in some twenty short looks.

    It is the first number of all if the clock was ever set back: then the times do not rise with the numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(number), max(number) FROM people_auditentry")
        low, high = cursor.fetchone()
        if low is None or was_ever_set_back():
            return int(low or 1)
        high += 1
        while low < high:
            middle = (low + high) // 2
            if _is_before(cursor, middle, moment):
                low = middle + 1
            else:
                high = middle
        return int(low)


def _is_before(cursor: Any, number: int, moment: datetime) -> bool:
    cursor.execute(_CHAINED_BY, [number])
    found = cursor.fetchone()
    return found is not None and found[0] < moment
