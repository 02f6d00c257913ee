"""Stored objects (pictures, crops, ZIPs to import) and the rows they belong to: neither is left without the other."""

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

# 1 h: an upload stores its object seconds before its row; nothing as old as this is still on its way.
ORPHAN_AGE = timedelta(hours=1)


@contextmanager
def removed_on_failure(*names: str | None) -> Iterator[None]:
    """Remove the objects just stored under `names` when the block, usually a transaction, fails."""
    try:
        yield
    except BaseException:
        remove(names)
        raise


def remove_after_commit(photos: Iterable[Photo]) -> None:
    """Remove pictures and crops of `photos` once their rows are gone for good."""
    names = [file.name for photo in photos for file in (photo.image, photo.crop) if file.name]
    transaction.on_commit(partial(remove, names), robust=True)


def remove(names: Iterable[str | None]) -> None:
    """Delete stored objects; one that cannot be deleted is logged and left to `sweep_orphans`."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except Exception:  # storages raise what they like; the row is gone and the sweep comes again
            logger.warning("could not delete %s", name, exc_info=True)


def without_row(folder: str, names_in_rows: Iterable[str]) -> Iterator[str]:
    """Objects in `folder` that are old enough and not among `names_in_rows`, which are read after the listing."""
    try:
        _, found = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    known = set(names_in_rows)
    before = timezone.now() - ORPHAN_AGE
    for name in (f"{folder}/{name}" for name in found):
        if name not in known and default_storage.get_modified_time(name) < before:
            yield name
