"""The loop of a worker that does one job after another, and waits for the doorbell between them."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from people.base.sweeping import StopFlag, sweep
from people.errors import ClaimLost
from streams.errors import CannotBeDone
from streams.jobs.claims import JobClaim, claim_next

logger = logging.getLogger(__name__)

BROKE_OFF = "Something broke off while it was made; it is tried again by itself."


Work = Callable[[JobClaim, StopFlag], None]
"""Does one job to its end; gives the claim back (`release`) and returns if the flag is set meanwhile."""


class JobLoop:
    """Works on the rows of one table. Any number of loops, in any number of processes, share what is due."""

    def __init__(self, model: Any, work: Work, *, name: str = "") -> None:
        self._model, self._work = model, work
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Works until `stop`; looks for work at every `wake`, and every few seconds without one."""
        await sweep(stop, wake, partial(self.work_next, stop))

    async def work_next(self, stop: StopFlag) -> bool:
        """Works on one job until it ends or `stop` is set. Returns False if none is due."""
        # Its own thread: the shared one also renews leases, and a job takes minutes.
        return bool(await database_sync_to_async(self.work_on_one, thread_sensitive=False)(stop))

    def work_on_one(self, stop: StopFlag) -> bool:
        """The same, in this thread."""
        claim = claim_next(self._model, self._name)
        if claim is None:
            return False
        try:
            self._do(claim, stop)
        except ClaimLost as lost:  # it was deleted or has another worker: nothing to do here
            logger.info("%s", lost)
        return True

    def _do(self, claim: JobClaim, stop: StopFlag) -> None:
        try:
            self._work(claim, stop)
        except CannotBeDone as error:
            claim.fail(str(error))
        except (ClaimLost, OperationalError, InterfaceError):  # without the database the claim expires by itself
            raise
        except Exception:  # storages raise anything: try again later
            logger.warning("%s %s broke off", self._model._meta.verbose_name, claim.row.pk, exc_info=True)
            claim.try_again(BROKE_OFF)
