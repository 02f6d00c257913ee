"""The stored objects that the rows of a snapshot name: photos, crops, snapshots, frames, clips, ZIPs and videos."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from facesite.backup.archive import spool
from facesite.backup.tables import quoted
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.addresses import SourceKind, kind_of

# 8 at once: a bucket answers after some 30 ms each, whatever else is asked of it. 16 wait in memory or on disk.
FETCHERS, FETCHED_AHEAD = 8, 16
_ROWS_AT_ONCE = 5_000


def names_in(cursor: Any, tables: dict[str, list[str]]) -> tuple[IO[bytes], int]:
    """Returns a temporary file with the name of each object on a line of its own, once, and how many there are."""
    names, number = TemporaryFile(), 0  # noqa: SIM115 - a million names; whoever gets the file closes it
    for name in _each(cursor, _named(tables)):
        names.write(f"{name}\n".encode())
        number += 1
    names.seek(0)
    return names, number


def fetch_all(names: IO[bytes]) -> Iterator[tuple[str, IO[bytes] | None]]:
    """Yields (name, content) in order, None for what is not stored any more: the site deleted it meanwhile."""
    lines = (line.decode().rstrip("\n") for line in names)
    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="backup") as fetchers:
        while ahead := list(islice(lines, FETCHED_AHEAD)):
            yield from zip(ahead, fetchers.map(_fetched, ahead), strict=True)


def _each(cursor: Any, select: str) -> Iterator[str]:
    """By a cursor of the server's: a million names are never in memory at once."""
    cursor.execute(f"DECLARE named NO SCROLL CURSOR FOR {select}")
    while True:
        cursor.execute(f"FETCH {_ROWS_AT_ONCE} FROM named")
        if not (rows := cursor.fetchall()):
            return
        yield from (name for name, is_source in rows if not is_source or _is_file(name))


def _named(tables: dict[str, list[str]]) -> str:
    """A database of an earlier release lacks the newer columns."""
    fields = [
        (model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, FileField) and field.column in tables.get(model._meta.db_table, ())
    ]
    stored = [f"SELECT {quoted(column)} AS name, false FROM {quoted(table)}" for table, column in fields]  # noqa: S608
    named = " UNION ".join([*stored, "SELECT source, true FROM streams_camera"])
    return f"SELECT * FROM ({named}) AS all_named WHERE name <> '' ORDER BY name"  # noqa: S608 - quoted names alone


def _is_file(source: str) -> bool:
    """Whether a camera plays a clip that lies among the pictures."""
    try:
        return kind_of(source) is SourceKind.FILE
    except BadAddress:
        return False


def _fetched(name: str) -> IO[bytes] | None:
    content = spool()
    try:
        with default_storage.open(name) as stored:
            copyfileobj(stored, content)
    except FileNotFoundError:
        content.close()
        return None
    return content
