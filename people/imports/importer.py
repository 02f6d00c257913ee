"""The import worker: works through one due import after another, file by file, then waits for the doorbell."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from functools import partial

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from people.audit.acting import Actor, acting
from people.base.sweeping import StopFlag, sweep
from people.errors import BadArchive, ClaimLost, LayoutInDoubt, MayNotImport
from people.imports.archives import candidates_in_zip
from people.imports.claims import (
    ImportClaim,
    claim_import,
    fail_attempt,
    fail_import,
    finish_import,
    record_entry,
    release_claim,
)

logger = logging.getLogger(__name__)


class Importer:
    """Works on one import at a time. Any number of importers, in any number of processes, share the waiting ones."""

    def __init__(self, *, name: str = "") -> None:
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Imports until `stop`; looks for work at every `wake`, and every few seconds without one."""
        await sweep(stop, wake, partial(self.import_next, stop))

    async def import_next(self, stop: StopFlag) -> bool:
        """Works on one import until it ends or `stop` is set. Returns False if none is due."""
        # Its own thread: the shared one also renews leases, and an import takes minutes.
        return bool(await database_sync_to_async(self._import_next, thread_sensitive=False)(stop))

    def _import_next(self, stop: StopFlag) -> bool:
        claim = claim_import(self._name)
        if claim is None:
            return False
        try:
            _work(claim, stop)
        except ClaimLost as lost:  # it was cancelled or has another worker: nothing to do here
            logger.info("%s", lost)
        return True


def _work(claim: ImportClaim, stop: StopFlag) -> None:
    try:
        _work_through(claim, stop)
    except FileNotFoundError:
        fail_import(claim, "The stored ZIP file is gone. Upload it again.")
    except (BadArchive, LayoutInDoubt, MayNotImport) as error:
        fail_import(claim, str(error))
    except (ClaimLost, OperationalError, InterfaceError):  # without the database the claim expires by itself
        raise
    except Exception:  # storages raise anything: try again later
        logger.warning("import %s broke off", claim.job.pk, exc_info=True)
        fail_attempt(claim)


def _work_through(claim: ImportClaim, stop: StopFlag) -> None:
    """Imports from the first file that has no line yet, with one photo at a time in memory."""
    with claim.job.file.open("rb") as archive:
        candidates = candidates_in_zip(archive, layout=claim.job.layout, encoding=claim.job.encoding)
        for number in range(claim.job.entries_seen, len(candidates)):
            if stop.is_set():
                release_claim(claim)
                return
            # The actor is read again for every file: an import takes minutes, and rights and limits may change.
            by = claim.job.actor()
            with acting(partial(Actor.of, by)):
                record_entry(claim, number, candidates[number], by=by)
    finish_import(claim)
