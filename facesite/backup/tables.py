"""The rows of the database as of one moment: what a backup reads of it, by COPY, without a superuser's rights."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from facesite.backup.archive import MEMORY_BYTES, ArchiveWriter
from facesite.backup.manifest import TABLES, Manifest

# The migrations of a backup are in its manifest. A login that has ended since must not come back with a backup.
NOT_KEPT = ("django_migrations", "django_session", "usersessions_usersession")
_COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE NOT a.attisdropped AND a.attgenerated = '' AND c.relkind = 'r'
AND c.relnamespace = current_schema()::text::regnamespace
GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename
"""


@contextmanager
def snapshot() -> Iterator[Any]:
    """Yields a cursor that sees the database as of the beginning of the block, whatever is written meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield cursor


def tables_of(cursor: Any) -> dict[str, list[str]]:
    """Returns every table with its columns, but for generated ones."""
    cursor.execute(_COLUMNS)
    return dict(cursor.fetchall())


def describe(cursor: Any) -> Manifest:
    """Returns the manifest of the database, whose tables stay as they are built until the cursor's transaction ends."""
    tables = {name: columns for name, columns in tables_of(cursor).items() if name not in NOT_KEPT}
    cursor.execute(f"LOCK TABLE {', '.join(map(quoted, tables))} IN ACCESS SHARE MODE")
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    migrations = [list(row) for row in cursor.fetchall()]
    cursor.execute(_SEQUENCES)
    sequences = dict(cursor.fetchall())
    cursor.execute("SELECT now()")
    (taken_at,) = cursor.fetchone()
    return Manifest(taken_at.isoformat(), migrations, tables, sequences)


def copy_out(cursor: Any, table: str, columns: list[str], archive: ArchiveWriter) -> int:
    """Adds the rows of `table` in parts of some megabytes; returns how many rows."""
    parts = _Parts(archive, table)
    cursor.copy_expert(f"COPY {listed(table, columns)} TO STDOUT (FORMAT binary)", parts)
    parts.flush()
    return int(cursor.rowcount)


def listed(table: str, columns: list[str]) -> str:
    """Returns `"table" ("column", …)`."""
    return f"{quoted(table)} ({', '.join(map(quoted, columns))})"


def quoted(name: str) -> str:
    """Unlike Django's `quote_name` it lets no quotation mark of a name through: names also come from a file."""
    return '"' + name.replace('"', '""') + '"'


class _Parts:
    """The file that COPY writes to: it becomes tables/<table>/000001 and so on."""

    def __init__(self, archive: ArchiveWriter, table: str) -> None:
        self._archive, self._folder, self._number, self._part = archive, f"{TABLES}{table}", 0, io.BytesIO()

    def write(self, rows: bytes) -> None:
        self._part.write(rows)
        if self._part.tell() >= MEMORY_BYTES:
            self.flush()

    def flush(self) -> None:
        self._number += 1
        self._archive.add(f"{self._folder}/{self._number:06}", self._part)
        self._part = io.BytesIO()
