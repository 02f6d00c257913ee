"""Claims on imports, by which workers take, continue and end them; a lost worker neither loses nor repeats a file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from people.editing.services import Actor
from people.errors import ClaimLost
from people.imports.by_path import Imported, PhotoFile, import_candidate
from people.imports.jobs import ImportEntry, ImportJob
from people.imports.services import end, end_unanswered
from people.records.photo import Photo
from people.records.states import ImportState
from people.records.stored_objects import remove

logger = logging.getLogger(__name__)

# 60 s for one file: storing a photo takes well under 1 s, even in a bucket.
CLAIM = timedelta(seconds=60)
# A slow rate for fetching a ZIP from a bucket before its first file.
FETCH_BYTES_PER_S = 2_000_000
ATTEMPTS = 8
LONGEST_BACK_OFF_S = 600
STUCK = "The import could not go on: its worker failed {attempts} times at file {number}."


@dataclass(frozen=True, slots=True)
class ImportClaim:
    """The right to work through one import. Every claim has a new `token`, so a late worker's token is invalid."""

    job: ImportJob
    token: str


def claim_import(worker: str) -> ImportClaim | None:
    """Claims the import that has been due longest, or returns None.

    One conditional UPDATE does it, so an import never has two workers.
    """
    _give_up_exhausted()
    end_unanswered()
    token = f"{worker[:80]}/{uuid4().hex[:12]}"
    with transaction.atomic():
        # `pk = (subquery)`, not IN: Postgres then picks and locks exactly one row.
        due = ImportJob.objects.due().select_for_update(skip_locked=True).values("pk")[:1]
        taken = ImportJob.objects.filter(pk=due).update(
            state=ImportState.WORKING, claimed_by=token, attempts=F("attempts") + 1, due_at=Now() + CLAIM
        )
    if not taken:
        return None
    job = ImportJob.objects.filter(claimed_by=token).first()
    if job is None:  # somebody cancelled it since the UPDATE
        return None
    fetching = timedelta(seconds=job.size_bytes / FETCH_BYTES_PER_S)
    started_at = job.started_at or Now()
    ImportJob.objects.filter(pk=job.pk, claimed_by=token).update(due_at=Now() + CLAIM + fetching, started_at=started_at)
    return ImportClaim(job, token)


def record_entry(claim: ImportClaim, number: int, candidate: PhotoFile, *, by: Actor) -> Imported:
    """Adds file `number` of the ZIP and writes its line of the report, both in one transaction.

    Raises ClaimLost if the import was cancelled or has another worker, and any error of the storage.
    """
    stored: list[str] = []
    try:
        with transaction.atomic():
            imported = import_candidate(candidate, earlier=_earlier(claim.job, candidate), by=by)
            if imported.status == "queued" and imported.photo:
                stored.append(Photo.objects.values_list("image", flat=True).get(pk=imported.photo))
            _write_line(claim, number, imported)
    except BaseException:
        remove(stored)
        raise
    return imported


def _write_line(claim: ImportClaim, number: int, imported: Imported) -> None:
    found = _is_found(claim.job, imported)
    _hold(
        claim,
        entries_seen=number + 1,
        people_made=F("people_made") + int(imported.made_person),
        people_found=F("people_found") + int(found),
        photos_added=F("photos_added") + int(imported.status == "queued"),
        photos_known=F("photos_known") + int(imported.status == "already_there"),
        refused=F("refused") + int(imported.is_refused),
        attempts=1,
        due_at=Now() + CLAIM,
    )
    ImportEntry.objects.create(
        job=claim.job,
        number=number,
        path=imported.path[:500],
        person_name=imported.person,
        person_id=imported.person_id,
        photo_id=imported.photo,
        status=imported.status,
        message=imported.message[:500],
    )


def finish_import(claim: ImportClaim) -> None:
    """Ends an import as done, after every file has its line."""
    _end(claim, ImportState.DONE)
    logger.info("import %s done", claim.job.pk)


def fail_import(claim: ImportClaim, reason: str) -> None:
    """Ends an import that cannot continue; the photos that it has added stay."""
    _end(claim, ImportState.FAILED, reason)
    logger.warning("import %s failed: %s", claim.job.pk, reason)


def fail_attempt(claim: ImportClaim) -> None:
    """Gives back an import that broke off: a worker tries it again later, or it fails after ATTEMPTS at one file."""
    job = ImportJob.objects.filter(pk=claim.job.pk).first()
    if job is None:
        raise ClaimLost(f"import {claim.job.pk} was deleted")
    if job.attempts >= ATTEMPTS:
        fail_import(claim, STUCK.format(attempts=job.attempts, number=job.entries_seen + 1))
        return
    back_off_s = min(LONGEST_BACK_OFF_S, 5 * 2 ** (job.attempts - 1))
    _hold(claim, state=ImportState.WAITING, claimed_by="", due_at=Now() + timedelta(seconds=back_off_s))


def release_claim(claim: ImportClaim) -> None:
    """Gives back an import because this worker stops; the claim does not count as an attempt."""
    _hold(claim, state=ImportState.WAITING, claimed_by="", due_at=Now(), attempts=F("attempts") - 1)


def _give_up_exhausted() -> None:
    """Fails imports whose worker fell silent in the last attempt: one of their files may have killed it."""
    for pk in ImportJob.objects.due().filter(attempts__gte=ATTEMPTS).values_list("pk", flat=True):
        with transaction.atomic():
            still = ImportJob.objects.due().filter(pk=pk, attempts__gte=ATTEMPTS)
            if job := still.select_for_update(skip_locked=True).first():
                end(
                    job,
                    state=ImportState.FAILED,
                    reason=STUCK.format(attempts=job.attempts, number=job.entries_seen + 1),
                )


def _is_found(job: ImportJob, imported: Imported) -> bool:
    """Returns whether the file's person existed before this import and appears in it for the first time."""
    if imported.person_id is None or imported.made_person:
        return False
    return not job.entries.filter(person=imported.person_id).exists()


def _earlier(job: ImportJob, candidate: PhotoFile) -> UUID | None:
    """Returns who got the import's last file of this name: they may have been renamed or merged since."""
    lines = job.entries.filter(person_name=candidate.person).exclude(person=None)
    return lines.order_by("-number").values_list("person", flat=True).first()


def _hold(claim: ImportClaim, **values: object) -> None:
    held = ImportJob.objects.filter(pk=claim.job.pk, state=ImportState.WORKING, claimed_by=claim.token)
    if not held.update(**values):
        raise ClaimLost(f"import {claim.job.pk} is not ours any more")


@transaction.atomic
def _end(claim: ImportClaim, state: ImportState, reason: str = "") -> None:
    _hold(claim, due_at=Now())
    end(claim.job, state=state, reason=reason)
