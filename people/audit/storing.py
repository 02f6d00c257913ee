"""Stores new entries of reads: many in one statement, each with the moment at which it was made."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from people.audit.acting import Actor
from people.audit.words import Action

MOST_ABOUT = 200
"""Things that one entry names; what shows more becomes several entries, so that nobody is left out."""
MOST_LETTERS = 500
"""Of what was asked for: an address can have thousands."""
INSERT = """
INSERT INTO people_pendingentry
    (at, "user", who, key, key_name, address, action, kind, about, detail, request_id)
SELECT clock_timestamp() - make_interval(secs => age), "user", who, key, coalesce(key_name, ''), coalesce(address, ''),
       action, kind, about, detail, coalesce(request_id, '')
FROM jsonb_to_recordset(%s::jsonb) AS made(
    age float8, "user" int, who text, key bigint, key_name text, address text, action text, kind text, about text[],
    detail jsonb, request_id text)
"""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is not stored yet. `about`: what it concerns, as "person:<id>"."""

    actor: Actor
    action: Action
    kind: str
    about: tuple[str, ...] = ()
    detail: dict[str, Any] | None = None
    made_at: float = field(default_factory=time.monotonic)
    """Monotonic seconds: the database's clock says later when that was."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields one row, or several if it names more than MOST_ABOUT things."""
        for first in range(0, max(1, len(self.about)), MOST_ABOUT):
            yield self._row(self.about[first : first + MOST_ABOUT])

    def _row(self, about: Sequence[str]) -> dict[str, Any]:
        actor = self.actor
        return {
            "age": max(0.0, time.monotonic() - self.made_at),
            "user": actor.user,
            "who": actor.who[:200],
            "key": actor.key,
            "key_name": actor.key_name[:200],
            "address": actor.address[:64],
            "action": str(self.action),
            "kind": self.kind[:60],
            "about": [each[:120] for each in about],
            "detail": self.detail,
            "request_id": actor.request_id[:64],
        }


def store(entries: Sequence[NewEntry]) -> None:
    """Stores `entries`, which then wait for their place in the chain. Raises DatabaseError."""
    # An address may have what no text in Postgres has: NUL, and halves of letters.
    rows = [row for entry in entries for row in entry.rows()]
    text = json.dumps(rows, ensure_ascii=False).replace("\\u0000", "\\ufffd")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [text.encode(errors="replace").decode()])
