"""Fills the tables of an empty site from a backup, in one transaction and with the rights of their owner.

Triggers are off, and foreign keys and indexes are made anew behind the rows: then every row is checked and each index
is built at once, instead of row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import psycopg2

from facesite.backup.errors import BackupError, Damaged
from facesite.backup.manifest import Manifest
from facesite.backup.tables import listed, quoted, tables_of

_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::text::regnamespace
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind = 'r'
AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


def check_columns(cursor: Any, manifest: Manifest) -> None:
    """Raises Damaged unless the database has the tables and columns of the backup."""
    own = tables_of(cursor)
    if wrong := [table for table, columns in manifest.tables.items() if {*columns} != {*own.get(table, ())}]:
        raise Damaged(f"The tables of this backup are not those of its migrations ({', '.join(wrong[:3])}).")


@contextmanager
def bare_tables(cursor: Any) -> Iterator[None]:
    """Empties all tables, which have neither triggers nor foreign keys nor indexes in the block, and all after it."""
    tables = [*map(quoted, tables_of(cursor).keys() - {"django_migrations"})]
    keys, indexes = _all(cursor, _FOREIGN_KEYS), _all(cursor, _INDEXES)
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(f"TRUNCATE {', '.join(tables)}")
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
    for index, _ in indexes:
        cursor.execute(f"DROP INDEX {index}")
    yield
    # 1 GB as in streams/migrations/0023_looking_back.py: the index of faces is built in memory. By one process: its
    # memory is then its own, not /dev/shm, of which a container has 64 MB.
    cursor.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL max_parallel_maintenance_workers = 0")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copy_in(cursor: Any, table: str, columns: list[str], parts: Iterator[IO[bytes]]) -> int:
    """Reads all parts into `table`; returns how many rows."""
    rows = _Joined(parts)
    try:
        cursor.copy_expert(f"COPY {listed(table, columns)} FROM STDIN (FORMAT binary)", rows, size=1 << 16)
    except psycopg2.Error:
        if rows.failure:  # psycopg2 only tells its text
            raise rows.failure from None
        raise
    return int(cursor.rowcount)


def set_sequences(cursor: Any, sequences: dict[str, int]) -> None:
    """No number is given out twice, not even that of a row which had been deleted."""
    for name, last in sequences.items():
        cursor.execute("SELECT setval(%s::text::regclass, %s)", [quoted(name), last])


def _all(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())


class _Joined:
    """Reads the parts of a table as one file. `failure`: why the next part could not be read."""

    def __init__(self, parts: Iterator[IO[bytes]]) -> None:
        self._parts = parts
        self._part = next(parts, None)
        self.failure: BackupError | None = None

    def read(self, size: int) -> bytes:
        while self._part is not None:
            if rows := self._part.read(size):
                return rows
            self._part.close()
            self._advance()
        return b""

    def _advance(self) -> None:
        try:
            self._part = next(self._parts, None)
        except BackupError as error:
            self.failure = error
            raise
