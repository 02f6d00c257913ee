"""Restores a backup into an empty site: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg2
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from facesite.backup.archive import ArchiveReader
from facesite.backup.emptiness import check_empty, check_unused
from facesite.backup.errors import BackupError, Damaged
from facesite.backup.keys import check_keys, read_keys, take_over
from facesite.backup.loading import bare_tables, check_columns, copy_in, set_sequences
from facesite.backup.making import Progress
from facesite.backup.manifest import KEYS, MANIFEST, MEDIA, TABLES, Manifest
from facesite.backup.pictures import FETCHED_AHEAD, FETCHERS
from facesite.backup.schema import build
from facesite.backup.tables import quoted
from people.records.stored_objects import remove
from streams.erasing import brought_back

Members = Iterator[tuple[str, IO[bytes]]]


@dataclass(frozen=True, slots=True)
class Restored:
    """`missing`: pictures that the site had lost before the backup came to them."""

    taken_at: str
    rows: int
    pictures: int
    missing: int


def restore(source: IO[bytes], progress: Progress) -> Restored:
    """Restores what `source`, which need not seek, holds, then brings it up to this release.

    Everything is read and checked before the one transaction that makes it the site's ends. If anything fails before,
    the site is empty as before and the pictures are deleted again; after kill -9 a second try puts its own over them,
    and `sweep_orphans` deletes what no row names. Raises Refused and Damaged.

    Erasures made since `taken_at` are not made again here: the command does that next (streams/erasing/again.py), and
    until then the site does not start.
    """
    archive = ArchiveReader(source)
    members = iter(archive)
    with _expect(members, MANIFEST) as manifest_file, _expect(members, KEYS) as keys_file:
        manifest, keys = Manifest.read(manifest_file), read_keys(keys_file)
    with connection.cursor() as cursor:
        check_unused(cursor)
        check_empty(cursor)
    check_keys(keys)
    progress("building the tables")
    build(manifest.migrations)
    with _one_transaction() as (cursor, stored):
        rows, pictures = _fill(cursor, stored, manifest, members, progress)
        if rows != archive.end.get("rows"):
            raise Damaged("The backup is damaged: its tables have other numbers of rows than its end says.")
        brought_back.note(cursor)
        take_over(keys)
    progress("bringing the database up to this release")
    call_command("migrate", verbosity=0, interactive=False)
    return Restored(manifest.taken_at, sum(rows.values()), pictures, int(archive.end.get("missing", 0)))


def _fill(
    cursor: Any, stored: IO[bytes], manifest: Manifest, members: Members, progress: Progress
) -> tuple[dict[str, int], int]:
    """Returns the number of rows of each table, and of pictures, whose names it writes to `stored`."""
    check_columns(cursor, manifest)
    rows, pictures = dict[str, int](), 0
    with bare_tables(cursor):
        for place, group in groupby(members, _place):
            if place == MEDIA:
                for pictures in _store_all(group, stored):
                    progress(f"picture {pictures:,}")
                    cursor.execute("SELECT 1")  # a connection that is silent for an hour may be cut on the way
            else:
                if (table := place.removeprefix(TABLES)) not in manifest.tables:
                    raise Damaged(f"The backup is damaged: its manifest does not know {place}.")
                progress(f"rows of {table}")
                rows[table] = copy_in(cursor, table, manifest.tables[table], (content for _, content in group))
        progress("building the indexes")
    set_sequences(cursor, manifest.sequences)
    cursor.execute(f"ANALYZE {', '.join(map(quoted, manifest.tables))}")
    return rows, pictures


@contextmanager
def _one_transaction() -> Iterator[tuple[Any, IO[bytes]]]:
    """Yields a cursor and a file for names of objects: these are deleted if the transaction does not commit.

    Raises BackupError for what the database refuses.
    """
    with TemporaryFile() as stored:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                yield cursor, stored
        except BaseException as error:
            stored.seek(0)
            remove(line.decode().rstrip("\n") for line in stored)
            if isinstance(error, DatabaseError | psycopg2.Error):
                raise BackupError(f"The database did not take the backup, and is empty as before: {error}") from error
            raise


def _store_all(members: Members, stored: IO[bytes]) -> Iterator[int]:
    """Stores pictures, several at once as they were fetched; yields how many are."""
    number = 0
    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="restore") as pool:
        while ahead := [(name.removeprefix(MEDIA), content) for name, content in islice(members, FETCHED_AHEAD)]:
            stored.writelines(f"{name}\n".encode() for name, _ in ahead)
            number += sum(1 for _ in pool.map(_store, *zip(*ahead, strict=True)))
            yield number


def _store(name: str, content: IO[bytes]) -> None:
    """Puts one picture where it was, over what a restore that was killed may have left there."""
    with content:
        try:
            if default_storage.exists(name):
                default_storage.delete(name)
            saved = default_storage.save(name, File(content))
        except SuspiciousOperation:
            raise Damaged(f"The backup is damaged: {name} is no name of a picture.") from None
    if saved != name:
        default_storage.delete(saved)
        raise Damaged(f"The storage does not take {name} by its name.")


def _place(member: tuple[str, Any]) -> str:
    """The folder of a table, or of all pictures."""
    name = member[0]
    return MEDIA if name.startswith(MEDIA) else name.rpartition("/")[0]


def _expect(members: Members, wanted: str) -> IO[bytes]:
    name, content = next(members, ("nothing", None))
    if name != wanted or content is None:
        raise Damaged(f"This is no backup of a site: it begins with {name}.")
    return content
