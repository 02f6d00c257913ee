"""The worker's side of an access request: gathers everything, writes the ZIP and stores it."""

from __future__ import annotations

import hashlib
import tempfile

from django.core.files.base import File
from django.utils import timezone

from people.base.sweeping import StopFlag
from people.records.stored_objects import removed_on_failure
from streams.access_requests.access_request import AccessRequest
from streams.access_requests.answer import AnswerArchive
from streams.errors import NoLongerAllowed
from streams.jobs.claims import JobClaim
from streams.jobs.job_row import is_limited
from streams.jobs.working import JobLoop

STORED_BYTES_PER_S = 1_000_000
"""A slow rate for storing the ZIP in a bucket."""


class Stopped(Exception):
    """The worker stops: the next one begins again."""


def access_request_loop() -> JobLoop:
    return JobLoop(AccessRequest, answer)


def answer(claim: JobClaim, stop: StopFlag) -> None:
    """Makes one answer from its beginning. Raises NoLongerAllowed, ClaimLost, and any error of the storage."""
    row: AccessRequest = claim.row
    if is_limited(row.actor()):
        raise NoLongerAllowed("Whoever asked for it may see only some people and cameras by now.")

    def alive(done: int) -> None:
        if stop.is_set():
            raise Stopped
        claim.hold(done=min(done, row.total))

    try:
        with tempfile.TemporaryFile() as file:
            with AnswerArchive(file, timezone.now(), alive) as archive:
                number = archive.write(row.person, site=row.site)
            size = file.seek(0, 2)
            claim.hold(for_s=size / STORED_BYTES_PER_S)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            row.file.save("answer.zip", File(file), save=False)
            with removed_on_failure(row.file.name):
                claim.end(file=row.file.name, size_bytes=size, sha256=digest, done=number, total=number)
    except Stopped:
        claim.release()
