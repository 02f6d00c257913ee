"""Removes stored objects (photos, crops, ZIPs to import) that lose their row, and finds those without one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from people.records.photo import Photo

logger = logging.getLogger(__name__)

# 1 h: an upload stores its object seconds before its row, so an older object without a row has lost it.
ORPHAN_AGE = timedelta(hours=1)


@contextmanager
def removed_on_failure(*names: str | None) -> Iterator[None]:
    """Removes the objects just stored under `names` if the block, usually a transaction, fails."""
    try:
        yield
    except BaseException:
        remove(names)
        raise


def remove_after_commit(photos: Iterable[Photo]) -> None:
    """Removes pictures and crops of `photos` after the transaction that deletes their rows commits."""
    names = [file.name for photo in photos for file in (photo.image, photo.crop) if file.name]
    transaction.on_commit(partial(remove, names), robust=True)


def remove(names: Iterable[str | None]) -> None:
    """Deletes stored objects; logs each one that it cannot delete and leaves it to `sweep_orphans`."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception:  # storages raise anything; the row is gone and the sweep will try again
            logger.warning("could not delete %s", name, exc_info=True)


def without_row(folder: str, names_in_rows: Iterable[str]) -> Iterator[str]:
    """Yields objects in `folder` that are older than ORPHAN_AGE and not among `names_in_rows`.

    It reads `names_in_rows` after listing the folder, so a row written in between counts.
    """
    try:
        _, found = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored there
        return
    known = set(names_in_rows)
    before = timezone.now() - ORPHAN_AGE
    for name in (f"{folder}/{name}" for name in found):
        if name not in known and default_storage.get_modified_time(name) < before:
            yield name
