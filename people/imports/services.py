"""Services that start, cancel, end and forget imports."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models.functions import Now

from people.accounts.api_key import KeyUser
from people.base.doorbells import ring_imports
from people.base.history import log_added, log_changed
from people.editing.services import Actor
from people.editing.uploads import shown_name
from people.errors import TooManyImports, WrongState
from people.imports.archives import check_archive
from people.imports.jobs import ImportJob
from people.records.states import ImportState
from people.records.stored_objects import remove, removed_on_failure

logger = logging.getLogger(__name__)

# Each stores a ZIP of up to ZIP_MAX_BYTES: together at most 10 GB.
MOST_UNFINISHED = 20
FORGET_BATCH = 100


def start_import(*, file: IO[bytes] | Any, name: str, by: Actor) -> ImportJob:
    """Stores an uploaded ZIP and queues it; it checks the ZIP's directory and unpacks nothing here.

    Raises BadArchive if it cannot be imported, and TooManyImports if MOST_UNFINISHED are waiting.
    """
    total = check_archive(file)
    if ImportJob.objects.unfinished().count() >= MOST_UNFINISHED:
        raise TooManyImports(f"{MOST_UNFINISHED} imports are waiting already: come back when some are done.")
    size = file.seek(0, 2)
    file.seek(0)
    owner = by.pk if by and by.pk else None
    key = by.key if isinstance(by, KeyUser) else None
    job = ImportJob(original_name=shown_name(name), size_bytes=size, entries_total=total, created_by_id=owner, key=key)
    job.file.save("people.zip", File(file), save=False)
    with removed_on_failure(job.file.name), transaction.atomic():
        job.save(force_insert=True)
        log_added(job, f"Uploaded a ZIP of {total} files.", by=by)
        ring_imports()
    job.refresh_from_db()
    logger.info("import %s of %s files queued, by %s", job.pk, total, owner or "the system")
    return job


@transaction.atomic
def cancel_import(*, job: ImportJob, by: Actor) -> None:
    """Ends an import early: its photos stay, its ZIP is deleted. Raises WrongState if it has already ended."""
    current: ImportJob | None = ImportJob.objects.select_for_update().filter(pk=job.pk).first()
    if current is None or current.is_finished:
        now = current.get_state_display() if current else "deleted"
        raise WrongState(f"This cannot be done with an import that is {now}.")
    end(current, state=ImportState.CANCELLED)
    log_changed(job, "Cancelled.", by=by)
    job.refresh_from_db()
    logger.info("import %s cancelled, by %s", job.pk, by.pk if by and by.pk else "the system")


def end(job: ImportJob, *, state: ImportState, reason: str = "") -> None:
    """Sets the final state of an import, and deletes its ZIP after the commit.

    Call it in a transaction that holds the row.
    """
    transaction.on_commit(partial(remove, [job.file.name]), robust=True)
    ImportJob.objects.filter(pk=job.pk).update(
        state=state, reason=reason[:300], file="", claimed_by="", finished_at=Now()
    )


def forget_imports(*, finished_before: datetime) -> int:
    """Deletes imports that ended before `finished_before`, with their reports, and returns how many.

    Their people and photos stay. Each batch is its own transaction, so the run may be interrupted and repeated.
    """
    forgotten = 0
    old = ImportJob.objects.filter(finished_at__lt=finished_before).order_by("finished_at")
    while batch := list(old.values_list("pk", flat=True)[:FORGET_BATCH]):
        ImportJob.objects.filter(pk__in=batch).delete()
        forgotten += len(batch)
    return forgotten
