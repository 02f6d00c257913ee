"""The worker's side of a case: gathers its sightings, writes the ZIP, signs it and stores it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.core.files.base import File
from django.urls import reverse
from django.utils import timezone

from people.accounts.distances import reads_exact_distances
from people.base.left_behind import sweep_folders, working_folder
from people.base.signing_key import SigningKey, site_key
from people.base.sweeping import StopFlag
from people.records.groups import person_limits
from people.records.stored_objects import removed_on_failure
from streams.cases.archive import CaseArchive
from streams.cases.case import Case
from streams.cases.document import Letterhead
from streams.cases.entries import CaseEntry, entries_of, moment
from streams.cases.video_entries import entries_of_video
from streams.errors import CannotBeDone
from streams.jobs.claims import JobClaim
from streams.jobs.working import JobLoop

# 20 sightings: a second or two, so that pages show progress and the claim never runs out.
TELL_EVERY = 20
DOCUMENT_S = 0.1
"""For each sighting: the document of a thousand with three pictures each takes 19 s of a processor."""
STORED_BYTES_PER_S = 1_000_000
"""A slow rate for storing the ZIP in a bucket."""
FOLDERS = "case"
NOTHING_LEFT = "Nothing is left of what was asked for: the sightings were deleted, or may not be seen any more."


def case_loop() -> JobLoop:
    sweep_folders(FOLDERS)
    return JobLoop(Case, make_case)


def make_case(claim: JobClaim, stop: StopFlag) -> None:
    """Makes one case from its beginning; one that was interrupted begins again, which costs a minute or two.

    Raises CannotBeDone, ClaimLost, and any error of the storage.
    """
    case: Case = claim.row
    actor = case.actor()
    made_at = timezone.now()
    with (
        working_folder(FOLDERS) as folder,
        tempfile.TemporaryFile() as file,
        CaseArchive(file, folder, made_at) as archive,
    ):
        for entry in _entries(case, actor):
            if stop.is_set():
                claim.release()
                return
            archive.add(entry)
            if len(archive.entries) % TELL_EVERY == 0:
                claim.hold(done=len(archive.entries))
        if not archive.entries:
            raise CannotBeDone(NOTHING_LEFT)
        claim.hold(done=len(archive.entries), for_s=DOCUMENT_S * len(archive.entries))
        key = site_key()
        archive.finish(_head(case, archive, key, made_at), _facts(case, archive, key, made_at),
                       address=_address(case), key=key)  # fmt: skip
        _keep(claim, file, archive, key, actor)


def _entries(case: Case, actor: Any) -> Iterator[CaseEntry]:
    if case.video:
        return entries_of_video(case.video, case.asked_ids, actor)
    return entries_of(case.asked_ids, actor)


def _keep(claim: JobClaim, file: IO[bytes], archive: CaseArchive, key: SigningKey, actor: Any) -> None:
    case: Case = claim.row
    size, digest = file.seek(0, 2), _sha256(file)
    claim.hold(for_s=size / STORED_BYTES_PER_S)
    with _stored(case, file) as name:
        claim.end(
            done=len(archive.entries),
            file=name,
            size_bytes=size,
            sha256=digest,
            fingerprint=key.fingerprint,
            people=sorted(_named([placed.entry for placed in archive.entries])),
            cameras=sorted({placed.entry.camera_id for placed in archive.entries if placed.entry.camera_id}),
            shows_exactly=reads_exact_distances(actor),
            shows_everybody=not person_limits(actor),
        )


def _named(entries: Iterable[CaseEntry]) -> set[str]:
    """Returns the ids of everybody whom the ZIP names, those included whom a correction took the name from."""
    return {person for entry in entries for person in (entry.person_id, entry.also_named) if person}


@contextmanager
def _stored(case: Case, file: IO[bytes]) -> Iterator[str]:
    """Stores the file; removes it again if the block fails."""
    file.seek(0)
    case.file.save("case.zip", File(file), save=False)
    with removed_on_failure(case.file.name):
        yield str(case.file.name)


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # an IO has what it needs


def _address(case: Case) -> str:
    return f"{case.site}{reverse('case_keys')}"


def _head(case: Case, archive: CaseArchive, key: SigningKey, made_at: datetime) -> Letterhead:
    entries = [placed.entry for placed in archive.entries]
    lost = case.total - len(entries)
    facts = [
        ("Asked for", "; ".join(f"{label}: {value}" for label, value in case.asked) or "all sightings"),
        ("Sightings", f"{len(entries)}{f'; {lost} more were deleted since it was asked for' if lost else ''}"),
        ("From", entries[0].first),
        ("To", max(entries, key=lambda entry: entry.ends).last),
        ("Where", ", ".join(sorted({entry.where for entry in entries}))),
        ("Times", f"of {timezone.get_default_timezone_name()}"),
        ("By", f"{case.who}, asked for on {moment(case.created_at)}, made on {moment(made_at)}"),
        ("Signed", f"Ed25519, key with the fingerprint {key.fingerprint}, published at {_address(case)}. README.txt "
                   "says how to check it."),
    ]  # fmt: skip
    return Letterhead(str(case.pk), case.title, case.reason, facts)


def _facts(case: Case, archive: CaseArchive, key: SigningKey, made_at: datetime) -> dict[str, Any]:
    return {
        "case": str(case.pk),
        "title": case.title,
        "reason": case.reason,
        "asked_for": case.asked,
        "by": case.who,
        "asked_at": case.created_at.isoformat(),
        "made_at": made_at.isoformat(),
        "time_zone": timezone.get_default_timezone_name(),
        "sightings": [placed.entry.id for placed in archive.entries],
        "asked_sightings": case.total,
        "key": key.fingerprint,
        "keys_at": _address(case),
    }
