"""Deletes entries that are too old, and erases details: neither without an entry that says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from people.audit.acting import actor_now
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry, PendingEntry
from people.audit.storing import MOST_ABOUT
from people.audit.words import ABOUT_ITSELF, Action

# 5,000: a batch takes a tenth of a second; one statement for millions would hold up the clean-up of the disk.
AT_ONCE = 5_000
# 100,000: their details are searched in a fifth of a second.
SEARCHED_AT_ONCE = 100_000


def forget_entries(*, before: datetime) -> int:
    """Deletes the entries of the time before `before`, from the oldest on; returns how many.

    First an entry says which they are, how many, and what hash the last of them had: so a walk along the chain knows
    that nobody else has taken them. The trigger in the database deletes nothing else.
    """
    chain_all()
    last = _last_before(before)
    if last is not None:
        _say_what_goes(last)
    return _delete_what_was_said()


def erase_details(*about: str) -> int:
    """Empties the details of every entry about any of `about` ("person:<id>"), and says so; returns how many.

    Who did what and when stays; names and notes that were written or asked for go. The chain covers only their hash.
    It waits for a process that is chaining: what that has in hand would keep its details for ever.
    """
    chain_all()
    emptied = 0
    for first in range(0, len(about), MOST_ABOUT):
        emptied += _erase_about(list(about[first : first + MOST_ABOUT]))
    chain_all()
    return emptied


@transaction.atomic
def _erase_about(about: list[str]) -> int:
    _write(Action.EMPTIED, about=about)
    rows = AuditEntry.objects.filter(about__overlap=about, detail__isnull=False)
    return rows.exclude(action__in=ABOUT_ITSELF).update(detail=None, salt=None)


def erase_details_naming(name: str, go_on: Callable[[], None]) -> int:
    """Empties the details in which `name` stands as a whole, of entries about anything; returns how many.

    Entries about nothing, such as those of a list that was searched for the name, stay as they are. `go_on` is called
    after each part. A name of one word is left alone: it stands in too much else.
    """
    words = re.findall(r"\w+", name)
    if len(words) < 2:
        return 0
    chain_all()
    pattern = r"\y" + r"\W+".join(words) + r"\y"
    low, high = _ends()
    emptied = 0
    for first in range(low or 0, (high or 0) + 1, SEARCHED_AT_ONCE):
        emptied += _erase_named(pattern, first, first + SEARCHED_AT_ONCE)
        go_on()
    return emptied


def _erase_named(pattern: str, first: int, end: int) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT number, about FROM people_auditentry WHERE number >= %s AND number < %s AND detail IS NOT NULL"
                " AND cardinality(about) > 0 AND NOT action = ANY(%s) AND detail::text ~* %s",
                [first, end, list(ABOUT_ITSELF), pattern],
            )
            found = dict(cursor.fetchall())
        if not found:
            return 0
        _write(Action.EMPTIED, about=sorted({each for about in found.values() for each in about}))
        AuditEntry.objects.filter(number__in=list(found)).update(detail=None, salt=None)
    chain_all()
    return len(found)


def _last_before(before: datetime) -> AuditEntry | None:
    """Returns the last of the entries to delete; None if there is none.

    It goes by the time of chaining, and ends before the first entry that is not old enough: a clock that was behind for
    a moment makes nothing old that came before. An entry of a time that is still to come was chained by a clock that
    was ahead; it goes with those around it, and would else keep all that came later until that time.
    """
    rows = AuditEntry.objects.order_by("number")
    young = rows.filter(chained_at__gte=before, chained_at__lte=timezone.now()).values_list("number", flat=True).first()
    old = rows.filter(chained_at__lt=before)
    return (old if young is None else old.filter(number__lt=young)).last()


def _ends() -> tuple[int | None, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(number), max(number) FROM people_auditentry")
        low, high = cursor.fetchone()
        return low, high


def _say_what_goes(last: AuditEntry) -> None:
    first, _ = _ends()
    detail = {
        "first": first,
        "last": last.number,
        "count": last.number - (first or 0) + 1,
        "last_hash": bytes(last.hash).hex(),
    }
    _write(Action.FORGOT, detail=detail)
    chain_all()


def _delete_what_was_said() -> int:
    """Deletes in batches; what a process that was killed has left is deleted by the next."""
    said = AuditEntry.objects.filter(action=Action.FORGOT).values_list("detail__last", flat=True)
    last = max((int(each) for each in said), default=0)
    deleted = 0
    while (first := _ends()[0]) is not None and first <= last:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_auditentry WHERE number <= %s", [min(last, first + AT_ONCE - 1)])
            deleted += cursor.rowcount
    return deleted


def _write(action: Action, **said: object) -> None:
    actor = actor_now()
    PendingEntry.objects.create(user=actor.user, who=actor.who, action=action, kind="audit", **said)
