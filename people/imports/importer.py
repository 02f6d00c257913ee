"""The import worker: takes one due import after the other, file by file, then waits for the doorbell."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import Protocol

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from people.errors import BadArchive, ClaimLost, MayNotImport
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

# 5 s: a doorbell that was lost costs no more than this.
SWEEP_S = 5.0


class Flag(Protocol):
    """What says that this worker is to stop: an asyncio.Event, asked from another thread."""

    def is_set(self) -> bool: ...


class Importer:
    """Any number of these, in any number of processes, share the waiting imports; each works on one."""

    def __init__(self, *, name: str = "") -> None:
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Import until `stop`; look again at every `wake`, and every SWEEP_S without one."""
        while not stop.is_set():
            wake.clear()
            if await self.import_next(stop):
                continue
            try:
                async with asyncio.timeout(SWEEP_S):
                    await wake.wait()  # also rung when the worker stops
            except TimeoutError:
                continue

    async def import_next(self, stop: Flag) -> bool:
        """Take one import as far as it goes before `stop`. False when none is due."""
        # A thread of its own: the one that all share also renews leases, and an import takes minutes.
        return bool(await database_sync_to_async(self._import_next, thread_sensitive=False)(stop))

    def _import_next(self, stop: Flag) -> bool:
        claim = claim_import(self._name)
        if claim is None:
            return False
        try:
            _work(claim, stop)
        except ClaimLost as lost:  # cancelled, or another worker's: nothing more to do here
            logger.info("%s", lost)
        return True


def _work(claim: ImportClaim, stop: Flag) -> None:
    try:
        _work_through(claim, stop)
    except FileNotFoundError:
        fail_import(claim, "The stored ZIP file is gone. Upload it again.")
    except (BadArchive, MayNotImport) as error:
        fail_import(claim, str(error))
    except (ClaimLost, OperationalError, InterfaceError):  # the database is away: the claim ends by itself
        raise
    except Exception:  # storages raise what they like: try again later
        logger.warning("import %s broke off", claim.job.pk, exc_info=True)
        fail_attempt(claim)


def _work_through(claim: ImportClaim, stop: Flag) -> None:
    """From the first file that has no line yet. The ZIP is read over a file, one photo at a time in memory."""
    with claim.job.file.open("rb") as archive:
        candidates = candidates_in_zip(archive)
        for number in range(claim.job.entries_seen, len(candidates)):
            if stop.is_set():
                release_claim(claim)
                return
            # Asked anew for every file: an import takes minutes, and rights and limits change meanwhile.
            record_entry(claim, number, candidates[number], by=claim.job.actor())
    finish_import(claim)
