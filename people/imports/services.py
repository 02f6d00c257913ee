"""Services that start, cancel, end and forget imports."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from people.accounts.api_key import KeyUser
from people.base.doorbells import ring_imports
from people.base.history import log_added, log_changed
from people.editing.services import Actor
from people.editing.uploads import shown_name
from people.errors import TooManyImports, WrongState
from people.imports.archives import check_archive
from people.imports.contents import Contents, contents_of
from people.imports.entry_names import EntryName
from people.imports.jobs import ImportJob
from people.imports.layouts import WORDS
from people.records.states import ImportState
from people.records.stored_objects import remove, removed_on_failure

logger = logging.getLogger(__name__)

# Each stores a ZIP of up to ZIP_MAX_BYTES: together at most 10 GB.
MOST_UNFINISHED = 20
FORGET_BATCH = 100
# 2 hours: a ZIP that nobody asks for any more must not take the place of others for a day.
ANSWERED_WITHIN = timedelta(hours=2)
UNANSWERED = "Nobody said within two hours who the people are. Upload the ZIP again."


def start_import(
    *, file: IO[bytes] | Any, name: str, by: Actor, layout: str = "", encoding: str = "", ask: bool = False
) -> ImportJob:
    """Stores an uploaded ZIP and queues it; it checks the ZIP's directory and unpacks nothing here.

    `layout` and `encoding` say how to read its names (layouts.py, entry_names.py); "" leaves that to the names. With
    `ask` it waits for `answer_import`. Raises BadArchive if it cannot be imported, LayoutInDoubt if the names leave
    open who the people are (not with `ask`), and TooManyImports if MOST_UNFINISHED are waiting.
    """
    entries = check_archive(file)
    contents = contents_of(entries, encoding=encoding)
    chosen = contents.readings.likeliest if ask else contents.reading(layout)
    if ask and not any(reading.names for reading in contents.readings.offered):
        contents.reading()  # says why nobody can be imported
    if ImportJob.objects.unfinished().count() >= MOST_UNFINISHED:
        raise TooManyImports(f"{MOST_UNFINISHED} imports are waiting already: come back when some are done.")
    size = file.seek(0, 2)
    file.seek(0)
    owner = by.pk if by and by.pk else None
    key = by.key if isinstance(by, KeyUser) else None
    job = ImportJob(
        original_name=shown_name(name),
        size_bytes=size,
        entries_total=len(contents.wanted),
        layout=chosen.layout,
        encoding=contents.decoded.encoding,
        created_by_id=owner,
        key=key,
    )
    if ask:
        job.state, job.names = ImportState.ASKING, [entry.plain() for entry in entries]
        job.due_at = timezone.now() + ANSWERED_WITHIN
    job.file.save("people.zip", File(file), save=False)
    with removed_on_failure(job.file.name), transaction.atomic():
        job.save(force_insert=True)
        log_added(job, f"Uploaded a ZIP of {job.entries_total} files.", by=by)
        ring_imports()
    job.refresh_from_db()
    logger.info("import %s of %s files %s, by %s", job.pk, job.entries_total, job.state, owner or "the system")
    return job


def contents_of_job(job: ImportJob, *, encoding: str = "") -> Contents:
    """Returns what is in the ZIP of an import that asks. Raises BadArchive if its names are not in `encoding`."""
    entries = [EntryName.of_plain(plain) for plain in job.names or []]
    return contents_of(entries, encoding=encoding or job.encoding)


@transaction.atomic
def answer_import(*, job: ImportJob, layout: str, encoding: str = "", by: Actor) -> None:
    """Queues an import that asked who the people are.

    Raises WrongState if it asks nothing any more, BadArchive if nobody is left or its names are not in `encoding`.
    """
    current: ImportJob | None = ImportJob.objects.select_for_update().filter(pk=job.pk).first()
    if current is None or current.state != ImportState.ASKING:
        raise _wrong_state(current)
    contents = contents_of_job(current, encoding=encoding)
    reading = contents.reading(layout)
    ImportJob.objects.filter(pk=job.pk).update(
        state=ImportState.WAITING,
        layout=reading.layout,
        encoding=contents.decoded.encoding,
        entries_total=len(contents.wanted),
        names=None,
        due_at=Now(),
    )
    log_changed(job, f"Started as “{WORDS[reading.layout]}”: {reading.people} people.", by=by)
    ring_imports()
    job.refresh_from_db()


def end_unanswered() -> int:
    """Cancels imports whose question nobody has answered in time, with their ZIPs; returns how many."""
    ended = 0
    for pk in ImportJob.objects.unanswered().values_list("pk", flat=True):
        with transaction.atomic():
            if job := ImportJob.objects.unanswered().filter(pk=pk).select_for_update(skip_locked=True).first():
                end(job, state=ImportState.CANCELLED, reason=UNANSWERED)
                ended += 1
    return ended


@transaction.atomic
def cancel_import(*, job: ImportJob, by: Actor) -> None:
    """Ends an import early: its photos stay, its ZIP is deleted. Raises WrongState if it has already ended."""
    current: ImportJob | None = ImportJob.objects.select_for_update().filter(pk=job.pk).first()
    if current is None or current.is_finished:
        raise _wrong_state(current)
    end(current, state=ImportState.CANCELLED)
    log_changed(job, "Cancelled.", by=by)
    job.refresh_from_db()
    logger.info("import %s cancelled, by %s", job.pk, by.pk if by and by.pk else "the system")


def _wrong_state(current: ImportJob | None) -> WrongState:
    now = current.get_state_display() if current else "deleted"
    return WrongState(f"This cannot be done with an import that is {now}.")


def end(job: ImportJob, *, state: ImportState, reason: str = "") -> None:
    """Sets the final state of an import, and deletes its ZIP after the commit.

    Call it in a transaction that holds the row.
    """
    transaction.on_commit(partial(remove, [job.file.name]), robust=True)
    ImportJob.objects.filter(pk=job.pk).update(
        state=state, reason=reason[:300], file="", names=None, claimed_by="", finished_at=Now()
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
