"""Makes a backup while the site runs: one snapshot of the database, then the pictures that the snapshot names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from facesite.backup.archive import ArchiveWriter
from facesite.backup.keys import own_keys
from facesite.backup.manifest import KEYS, MANIFEST, MEDIA, Manifest
from facesite.backup.pictures import fetch_all, names_in
from facesite.backup.tables import copy_out, describe, snapshot

Progress = Callable[[str], None]
"""Is told, in words and often, how far it is."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is in a backup. `missing`: pictures that rows name and the storage no longer had."""

    taken_at: str
    rows: int
    pictures: int
    missing: int


def back_up(target: IO[bytes], progress: Progress) -> Made:
    """Writes everything to `target`, which need not seek. Nothing waits for it, and nothing of the site changes.

    The transaction ends with the rows: hours of pictures do not keep the database from clearing up. What the site
    deletes until its turn has come is missing; on the restored site its row is there, as after any loss of a picture.
    """
    with ArchiveWriter(target) as archive:
        with snapshot() as cursor:
            manifest = describe(cursor)
            archive.add_json(MANIFEST, manifest.told())
            archive.add_json(KEYS, own_keys())
            rows = _add_rows(archive, cursor, manifest, progress)
            names, number = names_in(cursor, manifest.tables)
        with names:
            missing = _add_pictures(archive, names, number, progress)
        archive.finish(rows=rows, pictures=number - missing, missing=missing)
    return Made(manifest.taken_at, sum(rows.values()), number - missing, missing)


def _add_rows(archive: ArchiveWriter, cursor: Any, manifest: Manifest, progress: Progress) -> dict[str, int]:
    """Returns how many rows each table has."""
    rows = {}
    for table, columns in manifest.tables.items():
        progress(f"rows of {table}")
        rows[table] = copy_out(cursor, table, columns, archive)
    return rows


def _add_pictures(archive: ArchiveWriter, names: IO[bytes], number: int, progress: Progress) -> int:
    """Returns how many were missing."""
    missing = size = 0
    for done, (name, content) in enumerate(fetch_all(names), start=1):
        if content is None:
            missing += 1
        else:
            with content:
                size += archive.add(f"{MEDIA}{name}", content)
        progress(f"picture {done:,} of {number:,}, {size / 1e6:,.0f} MB")
    return missing
