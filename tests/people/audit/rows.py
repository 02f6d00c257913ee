"""Entries for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry, PendingEntry
from people.audit.words import Action


def entry(**said: Any) -> AuditEntry:
    """Writes an entry and chains it."""
    wanted = {"who": "ann", "user": 7, "action": Action.LOOKED, "kind": "person", "about": ["person:p1"], **said}
    PendingEntry.objects.create(**wanted)
    chain_all()
    found = AuditEntry.objects.first()
    assert found is not None
    return found


@contextmanager
def as_superuser() -> Iterator[Any]:
    """A cursor that no trigger stops, as the owner of the server has one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
