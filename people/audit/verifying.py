"""Walks the chain and says which entry is the first that somebody has changed, deleted or put in.

The hashes are computed here, and not by the functions in the database, which somebody may have changed as well.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection

from people.audit.watched import triggers_missing
from people.audit.words import Action

# The same words as in the migration that made the chain: with others no stored hash would fit.
CANONICAL = """jsonb_build_array(
    e.number, e.ticket, (extract(epoch FROM e.at) * 1000000)::bigint,
    (extract(epoch FROM e.chained_at) * 1000000)::bigint, e."user", e.who, e.key, e.key_name, e.address,
    e.action, e.kind, to_jsonb(e.about), encode(e.detail_hash, 'hex'), e.request_id, encode(e.previous, 'hex')
)::text"""
COLUMNS = f"""e.number, e.previous, e.hash, {CANONICAL}, e.salt, e.detail::text, e.detail_hash, e.at, e.chained_at,
    e.action, e.about"""
# 10,000 entries are some 10 MB, and take 0.1 s. In parts, because PgBouncer keeps no cursor on the server.
AT_ONCE = 10_000
# 1 s: a clock that NTP keeps is corrected by milliseconds.
MOST_BACK = timedelta(seconds=1)
MOST_SET_BACK = 100
"""How many of them a walk names: a clock that jumps all the time would fill an anchor."""
BEFORE_ALL = -(2**62)
"""Lower than any number, also that of an entry that was put in before the first."""
GUARDS = 9
"""Triggers that refuse changes: three on each of three tables."""


class Broken(Exception):
    """The chain is not as it was written; the message names the first bad entry."""


@dataclass(slots=True)
class Walked:
    """What a walk has seen. `number` and `hash`: of the last entry."""

    first: int = 0
    number: int = 0
    hash: bytes = b""
    entries: int = 0
    emptied: int = 0
    seconds: float = 0.0
    fault: str = ""
    set_back: list[int] = field(default_factory=list)
    """Numbers of entries before which the clock was set back, the newest MOST_SET_BACK: their times are not sure.

    Nobody has changed anything there, and the walk goes on: a clock that was wrong for a moment must neither hide what
    somebody changes later nor keep old entries for ever.
    """
    _chained_at: datetime | None = None
    _begins_with: bytes = b""
    _links: list[tuple[int, str]] = field(default_factory=list)
    _erased: set[str] = field(default_factory=set)
    _unsaid: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    """Entries whose detail is empty, until an entry is found that says so."""


def verify(*, anchors: Mapping[int, str] | None = None, after: int = 0, after_hash: str = "") -> Walked:
    """Walks the chain from its beginning, or from the entry behind `after` on, whose hash was `after_hash`.

    `anchors`: hashes, hexadecimal, that entries are known to have had, by their numbers. What is wrong becomes the
    `fault` of the result, a sentence; "" if all is well.
    """
    walked, began = Walked(number=after, hash=bytes.fromhex(after_hash)), time.monotonic()
    try:
        for row in _entries(after or BEFORE_ALL):
            _look(walked, row)
            _compare(walked, (anchors or {}).get(walked.number))
        _look_at_beginning(walked, after)
        _look_at_end(walked, anchors or {})
        _look_at_erasures(walked)
    except Broken as found:
        walked.fault = str(found)
    walked.seconds = time.monotonic() - began
    return walked


def open_doors() -> str:
    """Says which of the triggers that write and guard the audit are missing or switched off; "" if none is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit\\_guard\\_%' AND NOT tgisinternal"
            " AND tgenabled IN ('O', 'A')"
        )
        guards = int(cursor.fetchone()[0])
    if guards < GUARDS:
        return "A trigger that guards the audit is missing or switched off."
    if missing := triggers_missing():
        return f"Writes to {', '.join(missing)} are not written down: a trigger is missing or switched off."
    return ""


def _entries(after: int) -> Iterator[Any]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {COLUMNS} FROM people_auditentry e WHERE e.number > %s ORDER BY e.number LIMIT {AT_ONCE}",  # noqa: S608
                [after],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def _look(walked: Walked, row: Any) -> None:
    number, previous, said, canonical, salt, detail, detail_hash, at, chained_at, action, about = row
    if not walked.entries:
        walked.first, walked._begins_with = number, bytes(previous)
        if not walked.hash:
            walked.number, walked.hash = number - 1, bytes(previous)
    if number != walked.number + 1:
        raise Broken(f"Entry {walked.number + 1} is missing: after {walked.number} comes {number}.")
    if bytes(previous) != walked.hash:
        raise Broken(f"Entry {number} does not follow entry {number - 1}: one of them was put in or exchanged.")
    if sha256(canonical.encode()).digest() != bytes(said):
        raise Broken(f"Entry {number} was changed.")
    if detail is None and detail_hash is not None:
        walked._unsaid.append((number, frozenset(about)))
        walked.emptied += 1
    elif detail is not None and sha256(bytes(salt or b"") + detail.encode()).digest() != bytes(detail_hash or b""):
        raise Broken(f"The detail of entry {number} was changed.")
    if at > chained_at + MOST_BACK or (walked._chained_at and chained_at < walked._chained_at - MOST_BACK):
        walked.set_back = [*walked.set_back, number][-MOST_SET_BACK:]
    if action == Action.FORGOT:
        _note_link(walked, number, detail)
    elif action == Action.EMPTIED:
        walked._erased.update(about)
    walked.number, walked.hash, walked._chained_at = number, bytes(said), chained_at
    walked.entries += 1


def _note_link(walked: Walked, number: int, detail: str | None) -> None:
    """Notes up to where an entry says that others were deleted, which can only be others before it."""
    try:
        said = json.loads(detail or "{}")
        last, last_hash = int(said["last"]), str(said["last_hash"])
    except (KeyError, TypeError, ValueError):
        raise Broken(f"Entry {number} does not say which entries were deleted.") from None
    if last >= number:
        raise Broken(f"Entry {number} says that entries were deleted that came only after it.")
    walked._links.append((last, last_hash))


def _compare(walked: Walked, anchored: str | None) -> None:
    if anchored is not None and walked.hash.hex() != anchored:
        raise Broken(f"Entry {walked.number} is not the one that was anchored: the chain was rewritten up to there.")


def _look_at_beginning(walked: Walked, after: int) -> None:
    """Raises Broken if older entries are gone and no entry says which they were."""
    if after or walked.first <= 1:
        return
    linked = [link for link in walked._links if link[0] >= walked.first - 1]
    if not linked:
        raise Broken(f"The entries before {walked.first} are gone, and no entry says who deleted them.")
    if any(last == walked.first - 1 and text != walked._begins_with.hex() for last, text in linked):
        raise Broken(f"Entry {walked.first} does not follow the entries that were deleted before it.")


def _look_at_end(walked: Walked, anchors: Mapping[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash FROM people_audithead WHERE id = 1")
        number, said = cursor.fetchone() or (None, b"")
    if number is None or number < walked.number or (number == walked.number and _differs(walked, bytes(said))):
        raise Broken(f"The end of the chain is not entry {walked.number}: entries were put in or taken away behind.")
    if number > walked.number and not _has_grown(walked.number):
        raise Broken(f"The entries {walked.number + 1} to {number} are missing at the end.")
    if late := [each for each in anchors if each > number]:
        raise Broken(f"Entry {min(late)} was anchored and is missing: the chain ends with {walked.number}.")


def _differs(walked: Walked, said: bytes) -> bool:
    return walked.entries > 0 and said != walked.hash


def _has_grown(number: int) -> bool:
    """Returns whether entries have come meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_auditentry WHERE number > %s)", [number])
        return bool(cursor.fetchone()[0])


def _look_at_erasures(walked: Walked) -> None:
    for number, about in walked._unsaid:
        if not about & walked._erased:
            raise Broken(f"The detail of entry {number} is gone, and no entry says who erased it.")
